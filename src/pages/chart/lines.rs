//! Lines over time, up to three in one chart, and the small one without words that stands in a row of a table.

use super::svg::Paint;
use super::{Area, Drawn, Picture, TEXT, label, nice};
use plotters::chart::ChartBuilder;
use plotters::element::PathElement;
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

/// The size of a chart that stands beside others.
const SIZE: (u32, u32) = (400, 190);
/// Room for the words beside the lines of its scale.
const WORDS: i32 = TEXT * 5;
/// The size of one in a table.
const SPARK: (u32, u32) = (96, 24);
/// How many values one in a table has at most.
const SPARK_MAX: usize = 48;
/// What the lines look like, in this order.
const PAINTS: [Paint; 3] = [Paint::First, Paint::Second, Paint::Third];

/// The values of a line, one for each point in time; nothing where there is none.
pub(crate) type Values = Vec<Option<u64>>;

/// Lines over the same points in time. `marks` are names of some of these points, by number. `say` puts a value into a few
/// letters; `step` is the least difference that it tells. The scale ends at `top`, or at the largest value.
pub(crate) fn lines(
    lines: &[Values],
    marks: &[(usize, String)],
    step: u64,
    top: Option<u64>,
    say: impl Fn(u64) -> String,
) -> Picture {
    let most = lines.iter().flatten().flatten().copied().max().unwrap_or(0);
    let scale = Scale::of(top.unwrap_or(most), step.max(1));
    Picture::draw(SIZE, |area| draw(area, lines, marks, &scale, &say))
}

/// What the heights in a chart stand for.
struct Scale {
    line: u64,
    top: u64,
}

impl Scale {
    /// Four lines or so, at values that are easy to read.
    fn of(most: u64, step: u64) -> Self {
        let line = nice(most.max(step).div_ceil(4).div_ceil(step)).saturating_mul(step);
        Self { line, top: most.max(1).div_ceil(line).saturating_mul(line) }
    }
}

fn draw(
    area: &Area<'_>,
    lines: &[Values],
    marks: &[(usize, String)],
    scale: &Scale,
    say: &dyn Fn(u64) -> String,
) -> Drawn {
    let points = lines.iter().map(Vec::len).max().unwrap_or(0);
    let last = i32::try_from(points).unwrap_or(i32::MAX).saturating_sub(1).max(1);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TEXT)
        .margin_right(TEXT)
        .x_label_area_size(TEXT * 2)
        .y_label_area_size(WORDS)
        .build_cartesian_2d(0..last, 0..scale.top)?;
    let plot = chart.plotting_area().clone();
    let (left, right) = (plot.map_coordinate(&(0, 0)).0, plot.map_coordinate(&(last, 0)).0);
    for value in (0..=scale.top / scale.line).map(|number| number * scale.line) {
        let y = plot.map_coordinate(&(0, value)).1;
        area.draw(&PathElement::new([(left, y), (right, y)], Paint::Grid.colour()))?;
        area.draw_text(&say(value), &label(HPos::Right, VPos::Center), (left - 6, y))?;
    }
    let bottom = plot.map_coordinate(&(0, 0)).1;
    for (number, name) in marks.iter().filter(|(number, _)| *number < points) {
        let x = plot.map_coordinate(&(i32::try_from(*number).unwrap_or(i32::MAX), 0)).0;
        area.draw(&PathElement::new([(x, bottom), (x, bottom + 4)], Paint::Grid.colour()))?;
        // A name at an edge stays inside of the picture.
        let half = i32::try_from(name.chars().count()).unwrap_or(0) * 4;
        let x = x.min(right + TEXT - half).max(half);
        area.draw_text(name, &label(HPos::Center, VPos::Top), (x, bottom + 8))?;
    }
    // The last line would hide the first: what is most important is drawn on top.
    for (values, paint) in lines.iter().zip(PAINTS).rev() {
        let place = |number: i32, value: u64| plot.map_coordinate(&(number, value.min(scale.top)));
        for run in runs(values, place) {
            area.draw(&PathElement::new(run, paint.colour().stroke_width(2)))?;
        }
    }
    chart.configure_mesh().disable_mesh().disable_axes().draw()
}

/// Where the line goes, in one piece for each run without a gap. A value that stands alone is a dash, so that it is seen.
fn runs(values: &[Option<u64>], place: impl Fn(i32, u64) -> (i32, i32)) -> Vec<Vec<(i32, i32)>> {
    let mut runs = vec![Vec::new()];
    for (number, value) in (0..).zip(values) {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push(place(number, *value)),
            (Some(_), None) => {}
            (None, _) => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    for run in &mut runs {
        if let &[(x, y)] = run.as_slice() {
            *run = vec![(x.saturating_sub(2), y), (x.saturating_add(2), y)];
        }
    }
    runs
}

/// A line without words; 0 is nothing.
pub(crate) fn spark(values: &[u64]) -> Picture {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    // Of several values that share a pixel, the largest counts.
    let share = values.len().div_ceil(SPARK_MAX).max(1);
    let values: Values = values.chunks(share).map(|few| few.iter().copied().max().filter(|most| *most > 0)).collect();
    let (width, height) = (i64::from(SPARK.0) - 4, u64::from(SPARK.1) - 4);
    let steps = i64::try_from(values.len()).unwrap_or(i64::MAX).saturating_sub(1).max(1);
    let place = |number: i32, value: u64| {
        let x = 2 + width * i64::from(number) / steps;
        let up = u128::from(value) * u128::from(height) / u128::from(most);
        (i32::try_from(x).unwrap_or(0), i32::try_from(u128::from(height) + 2 - up).unwrap_or(0))
    };
    Picture::draw(SPARK, |area| {
        runs(&values, place).into_iter().try_for_each(|run| area.draw(&PathElement::new(run, Paint::First.colour())))
    })
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn lines_have_a_scale_marks_and_gaps() {
        let slow: Values = vec![Some(900), Some(1_200), None, Some(300), None, None];
        let fast: Values = vec![Some(100); 6];
        let marks = [(0, "12:00".to_owned()), (5, "12:05".to_owned()), (99, "never".to_owned())];
        let drawn = lines(&[fast, slow], &marks, 100, None, |value| format!("{value} <ms>")).elements;
        for text in [">0 &lt;ms><", ">500 &lt;ms><", ">1500 &lt;ms><", ">12:00<", ">12:05<"] {
            assert!(drawn.contains(text), "{text} in {drawn}");
        }
        assert!(!drawn.contains("never"));
        let of = |class: &str| drawn.matches(&format!("<path class=\"{class}\"")).count();
        assert_eq!((of("first"), of("second"), of("third")), (1, 2, 0), "a gap divides a line: {drawn}");
        for forbidden in ["style=", "fill=", "#", "rgb"] {
            assert!(!drawn.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn any_values_can_be_drawn() {
        for values in [vec![], vec![None], vec![Some(0)], vec![Some(u64::MAX), None, Some(1)], vec![Some(1); 400]] {
            let plain: Vec<u64> = values.iter().map(|value| value.unwrap_or(0)).collect();
            lines(&[values.clone(), values], &[(0, "a".repeat(100))], 7, None, |value| value.to_string());
            spark(&plain);
        }
        lines(&[], &[], 0, Some(100), |value| value.to_string());
    }

    #[test]
    fn a_small_line_keeps_the_largest_values() {
        let mut values = vec![10; 480];
        values[77] = 1_000;
        let drawn = spark(&values).elements;
        assert_eq!(drawn.matches("<path").count(), 1);
        assert!(drawn.contains(" 2L"), "the peak is at the top: {drawn}");
        assert_eq!(spark(&[0, 0, 0]).elements, "", "nothing is no line");
    }
}
