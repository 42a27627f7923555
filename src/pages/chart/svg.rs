//! SVG for plotters to draw on, with classes where a picture would have colours: the stylesheet of the page decides
//! what they look like, in the dark and in the light, and no attribute is one that the content policy forbids.
//!
//! Only what charts here are made of is drawn: lines, filled rectangles and text.

use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::convert::Infallible;
use std::fmt::Write as _;

/// What a part of a chart is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Words and numbers.
    Label,
    /// Lines to read values by.
    Grid,
    /// A value.
    Bar,
    /// The first of several lines.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// Nothing on a day.
    Heat0,
    /// Up to a quarter of the most.
    Heat1,
    /// Up to half of the most.
    Heat2,
    /// Up to three quarters of the most.
    Heat3,
    /// More.
    Heat4,
}

impl Paint {
    const ALL: [Self; 11] = [
        Self::Label,
        Self::Grid,
        Self::Bar,
        Self::First,
        Self::Second,
        Self::Third,
        Self::Heat0,
        Self::Heat1,
        Self::Heat2,
        Self::Heat3,
        Self::Heat4,
    ];

    /// What stands for it on its way through plotters, which knows only colours.
    pub(super) const fn colour(self) -> RGBColor {
        RGBColor(self as u8, 0, 0)
    }

    /// The class that stands for it in the SVG.
    fn class(self) -> &'static str {
        match self {
            Self::Label => "word",
            Self::Grid => "rule",
            Self::Bar => "amount",
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Heat0 => "heat0",
            Self::Heat1 => "heat1",
            Self::Heat2 => "heat2",
            Self::Heat3 => "heat3",
            Self::Heat4 => "heat4",
        }
    }
}

fn class(colour: BackendColor) -> &'static str {
    let (number, _, _) = colour.rgb;
    Paint::ALL.into_iter().find(|paint| *paint as u8 == number).map_or("word", Paint::class)
}

/// What is drawn, in pixels of its own; a page shows it at the size it likes.
pub(super) struct Svg<'a> {
    width: u32,
    height: u32,
    elements: &'a mut String,
}

impl<'a> Svg<'a> {
    /// Draws into `elements`, which will stand inside of an `<svg>` of this size.
    pub(super) fn new((width, height): (u32, u32), elements: &'a mut String) -> Self {
        Self { width, height, elements }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

// Writing to a string cannot fail.
impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let class = class(style.color());
        let _ = write!(self.elements, r#"<path class="{class}" d="M{} {}L{} {}"/>"#, from.0, from.1, to.0, to.1);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let _ = write!(self.elements, r#"<path class="{}" d=""#, class(style.color()));
        for (number, (x, y)) in path.into_iter().enumerate() {
            let _ = write!(self.elements, "{}{x} {y}", if number == 0 { 'M' } else { 'L' });
        }
        self.elements.push_str(r#""/>"#);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, _fill: bool) -> Drawn {
        let (class, width, height) = (class(style.color()), (to.0 - from.0).max(0), (to.1 - from.1).max(0));
        let (x, y) = from;
        let _ = write!(self.elements, r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let (anchor, size) = (style.anchor(), style.size());
        let along = match anchor.h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let down = match anchor.v_pos {
            VPos::Top => size * 0.8,
            VPos::Center => size * 0.35,
            VPos::Bottom => 0.0,
        };
        let y = f64::from(y) + down;
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            self.elements,
            r#"<text class="word" x="{x}" y="{y:.1}" font-size="{size}" text-anchor="{along}">{text}</text>"#
        );
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
        let size = style.size() as u32;
        // Digits are a little more than half as wide as they are high.
        Ok((letters.saturating_mul(size).saturating_mul(3) / 5, size))
    }
}
