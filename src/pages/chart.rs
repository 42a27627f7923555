//! Charts as SVG: bars, a calendar of days, and lines. The only place that knows plotters.
//!
//! The first two come twice, for wide and for narrow screens, because text in a picture shrinks with it; lines are as wide as
//! a card. What is shown must stand in words beside it, too: a table of the same values.

mod lines;
mod svg;

pub(crate) use self::lines::{Values, lines, spark};

use self::svg::{Paint, Svg};
use plotters::chart::ChartBuilder;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::Rectangle;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, IntoTextStyle as _, RGBColor, TextStyle};
use serde::Serialize;
use std::convert::Infallible;

/// The size of words in a chart.
const TEXT: i32 = 12;
/// Wide and narrow charts of bars.
const BARS: [(u32, u32); 2] = [(760, 200), (340, 180)];
/// How many weeks stand beside each other in wide and narrow calendars.
const WEEKS: [usize; 2] = [53, 27];
/// The side of a day in a calendar, with the gap to the next.
const DAY: [i32; 2] = [13, 11];
/// Room for the names of days, and for those of months.
const NAMES: (i32, i32) = (30, 18);

/// The colour of words.
static WORDS: RGBColor = Paint::Label.colour();

/// A chart, drawn.
#[derive(Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Chart {
    /// For wide screens.
    pub(super) wide: Picture,
    /// For narrow ones.
    pub(super) narrow: Picture,
}

/// What is inside of an `<svg>` of a size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Picture {
    /// Its width, in its own pixels.
    pub(crate) width: u32,
    /// Its height, in the same.
    pub(crate) height: u32,
    /// Its elements; nothing in them was typed by anybody.
    pub(crate) elements: String,
}

impl Picture {
    fn draw(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Self {
        let mut elements = String::new();
        if let Err(cause) = draw(&Svg::new(size, &mut elements).into_drawing_area()) {
            // What it shows also stands in words, so the page is of use without it.
            tracing::error!(cause = &cause as &dyn std::error::Error, "failed to draw a chart");
        }
        Self { width: size.0, height: size.1, elements }
    }
}

type Area<'a> = DrawingArea<Svg<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// A value with the name that stands below its bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    /// What it stands for, in a few letters.
    pub(super) name: String,
    /// How much it is.
    pub(super) value: u64,
}

/// Bars beside each other. `say` puts a value into a few letters; `step` is the least difference that it tells.
pub(super) fn bars(bars: &[Bar], step: u64, say: impl Fn(u64) -> String) -> Chart {
    let draw = |size| Picture::draw(size, |area| draw_bars(area, size, bars, step.max(1), &say));
    let [wide, narrow] = BARS;
    Chart { wide: draw(wide), narrow: draw(narrow) }
}

fn draw_bars(area: &Area<'_>, size: (u32, u32), bars: &[Bar], step: u64, say: &dyn Fn(u64) -> String) -> Drawn {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(step);
    // Four lines or so, at values that are easy to read.
    let line = nice(most.div_ceil(4).div_ceil(step)).saturating_mul(step);
    let top = most.div_ceil(line).saturating_mul(line);
    let width = i32::try_from(bars.len()).unwrap_or(i32::MAX).max(1);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TEXT)
        .margin_right(2)
        .x_label_area_size(TEXT * 2)
        .y_label_area_size(TEXT * 4)
        .build_cartesian_2d(0..width, 0..top)?;
    let plot = chart.plotting_area().clone();
    let (left, right) = (plot.map_coordinate(&(0, 0)).0, plot.map_coordinate(&(width, 0)).0);
    for value in (0..=top / line).map(|number| number * line) {
        let y = plot.map_coordinate(&(0, value)).1;
        area.draw(&plotters::element::PathElement::new([(left, y), (right, y)], Paint::Grid.colour()))?;
        area.draw_text(&say(value), &label(HPos::Right, VPos::Center), (left - 6, y))?;
    }
    // What has no room is left out, every second name or more.
    let longest = bars.iter().map(|bar| bar.name.chars().count()).max().unwrap_or(0);
    let each = (right - left) / width;
    let room = i32::try_from(longest).unwrap_or(i32::MAX).saturating_mul(7).saturating_add(20);
    let every = usize::try_from(room / each.max(1)).unwrap_or(0) + 1;
    let gap = i32::from(each > 3) + i32::from(each > 12) * 2;
    for (number, (at, bar)) in (0..).zip(bars.iter().enumerate()) {
        let (from, to) = (plot.map_coordinate(&(number, bar.value)), plot.map_coordinate(&(number + 1, 0)));
        if bar.value > 0 {
            // Something is more than nothing, however little.
            let above = from.1.min(to.1 - 1);
            area.draw(&Rectangle::new([(from.0 + gap, above), (to.0 - gap, to.1)], Paint::Bar.colour().filled()))?;
        }
        let middle = (from.0 + to.0) / 2;
        if each >= TEXT * 3 && bar.value > 0 {
            area.draw_text(&say(bar.value), &label(HPos::Center, VPos::Bottom), (middle, from.1 - 3))?;
        }
        // The last one has its name, and the others count from there.
        if (bars.len() - 1 - at).is_multiple_of(every) {
            let edge = i32::try_from(size.0).unwrap_or(i32::MAX);
            let half = i32::try_from(bar.name.chars().count()).unwrap_or(0) * 4;
            let (along, x) = if middle + half > edge { (HPos::Right, edge - 1) } else { (HPos::Center, middle) };
            area.draw_text(&bar.name, &label(along, VPos::Top), (x, to.1 + 8))?;
        }
    }
    chart.configure_mesh().disable_mesh().disable_axes().draw()
}

/// The least of 1, 2, 5, 10, 20, 50, … that is not smaller.
fn nice(number: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for times in [1, 2, 5] {
            let nice = unit.saturating_mul(times);
            if nice >= number {
                return nice;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Words in the colour of words.
fn label(along: HPos, down: VPos) -> TextStyle<'static> {
    ("sans-serif", TEXT).into_text_style(&(0_u32, 0_u32)).color(&WORDS).pos(Pos::new(along, down))
}

/// A calendar of days, a column for each week from Monday to Sunday: the first value is that of a Monday. `months` are
/// names with the number of the week they begin in.
pub(super) fn calendar(days: &[u64], months: &[(usize, String)]) -> Chart {
    let most = days.iter().copied().max().unwrap_or(0);
    let draw = |in_row: usize, side: i32| {
        let weeks = days.len().div_ceil(7);
        let (columns, rows) = (in_row.min(weeks.max(1)), weeks.div_ceil(in_row).max(1));
        let band = NAMES.1 + 7 * side + 6;
        let pixels = |count: usize, of: i32| i32::try_from(count).unwrap_or(0).saturating_mul(of);
        let (width, height) = (NAMES.0 + pixels(columns, side), pixels(rows, band));
        let size = (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
        let corner = |week: usize| (NAMES.0 + pixels(week % in_row, side), pixels(week / in_row, band) + NAMES.1);
        Picture::draw(size, |area| {
            for row in 0..rows {
                let (_, y) = corner(row * in_row);
                for (number, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri")] {
                    let place = (NAMES.0 - 5, y + number * side + side / 2);
                    area.draw_text(name, &label(HPos::Right, VPos::Center), place)?;
                }
            }
            for (week, name) in months.iter().filter(|(week, _)| week % in_row + 2 < columns || week % in_row == 0) {
                let (x, y) = corner(*week);
                area.draw_text(name, &label(HPos::Left, VPos::Bottom), (x, y - 5))?;
            }
            for (number, value) in days.iter().enumerate() {
                let (x, y) = corner(number / 7);
                let y = y + pixels(number % 7, side);
                let paint = heat(*value, most).colour().filled();
                area.draw(&Rectangle::new([(x, y), (x + side - 2, y + side - 2)], paint))?;
            }
            Ok(())
        })
    };
    let ([wide, narrow], [large, small]) = (WEEKS, DAY);
    Chart { wide: draw(wide, large), narrow: draw(narrow, small) }
}

/// The most that each of the four shades of a calendar stands for, where `most` is the largest value.
pub(super) fn shades(most: u64) -> [u64; 4] {
    [1, 2, 3, 4].map(|quarter| most.saturating_mul(quarter).div_ceil(4))
}

fn heat(value: u64, most: u64) -> Paint {
    let [first, second, third, _] = shades(most);
    match value {
        0 => Paint::Heat0,
        value if value <= first => Paint::Heat1,
        value if value <= second => Paint::Heat2,
        value if value <= third => Paint::Heat3,
        _ => Paint::Heat4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, value: u64) -> Bar {
        Bar { name: name.to_owned(), value }
    }

    #[test]
    fn bars_have_lines_names_and_values() {
        let drawn = bars(&[bar("Mon", 0), bar("Tue <1>", 3), bar("Wed", 12)], 1, |value| format!("{value} h"));
        let wide = &drawn.wide.elements;
        assert_eq!(wide.matches("<rect class=\"amount\"").count(), 2, "{wide}");
        for text in [">0 h<", ">5 h<", ">10 h<", ">15 h<", ">Mon<", ">Tue &lt;1><", ">3 h<", ">12 h<"] {
            assert!(wide.contains(text), "{text} in {wide}");
        }
        for forbidden in ["style=", "fill=", "#", "rgb"] {
            assert!(!wide.contains(forbidden), "{forbidden}");
        }
        assert!(drawn.narrow.width < drawn.wide.width);
    }

    #[test]
    fn any_values_can_be_drawn() {
        for values in [&[][..], &[0], &[u64::MAX, 0, 1], &[1; 400]] {
            let values: Vec<Bar> = values.iter().map(|value| bar("a", *value)).collect();
            bars(&values, 3_600_000, |value| value.to_string());
            let days: Vec<u64> = values.iter().map(|bar| bar.value).collect();
            calendar(&days, &[]);
        }
    }

    #[test]
    fn a_calendar_has_a_square_for_each_day() {
        let mut days = vec![0; 53 * 7 - 3];
        days.iter_mut().zip([1, 2, 3, 4, 8]).for_each(|(day, value)| *day = value);
        let drawn = calendar(&days, &[(0, "Jan".into()), (30, "Aug".into())]);
        for picture in [&drawn.wide.elements, &drawn.narrow.elements] {
            assert_eq!(picture.matches("<rect").count(), days.len());
            let shades = [1, 2, 3, 4].map(|shade| picture.matches(&format!("\"heat{shade}\"")).count());
            assert_eq!(shades, [2, 2, 0, 1], "up to 2, 4, 6 and 8");
            assert!(picture.contains(">Jan<") && picture.contains(">Aug<") && picture.contains(">Fri<"));
        }
        assert_eq!(drawn.narrow.elements.matches(">Mon<").count(), 2, "in two bands");
    }

    #[test]
    fn lines_stand_at_values_that_are_easy_to_read() {
        assert_eq!([0, 1, 3, 6, 11, 51].map(nice), [1, 1, 5, 10, 20, 100]);
        assert_eq!(nice(u64::MAX), u64::MAX);
    }
}
