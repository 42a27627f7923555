//! What stands for a video without a picture: its initials on a colour of its own. Pages draw it with CSS; the drawing here
//! is for those who ask for a picture that is not there yet.

use events::VideoId;
use std::fmt::Write as _;

/// How many colours there are; the classes `h0` and so on in `static/cards.css`.
const HUES: u32 = 24;

/// Which of the colours a video has. Neighbours get colours far apart: 13 steps of 24 reach every colour and never one
/// close by.
#[must_use]
pub fn hue(video: VideoId) -> u32 {
    (video.get() % HUES) * 13 % HUES
}

/// The first letters or digits of the first two words of a title; empty if there are none.
#[must_use]
pub fn initials(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).filter_map(|word| word.chars().next());
    words.take(2).flat_map(char::to_uppercase).collect()
}

/// The placeholder as an SVG image.
#[must_use]
pub fn svg(video: VideoId, title: &str) -> String {
    let degrees = hue(video) * 360 / HUES;
    let next = (degrees + 40) % 360;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"360\" viewBox=\"0 0 640 360\"><defs>\
         <linearGradient id=\"g\" x2=\"1\" y2=\"1\"><stop stop-color=\"hsl({degrees} 28% 30%)\"/><stop offset=\"1\" \
         stop-color=\"hsl({next} 26% 16%)\"/></linearGradient></defs><path fill=\"url(#g)\" d=\"M0 0h640v360H0z\"/><text \
         x=\"38\" y=\"328\" font-family=\"system-ui,sans-serif\" font-size=\"134\" font-weight=\"700\" \
         fill=\"hsl({degrees} 30% 88%)\" fill-opacity=\".58\">"
    );
    // As numbers, so that no letter of any script means something to XML.
    for letter in initials(title).chars() {
        // Writing into a text does not fail.
        let _ = write!(svg, "&#{};", u32::from(letter));
    }
    svg.push_str("</text></svg>");
    svg
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_two_words() {
        let of = ["Amber - Cloud 30", "amber_cloud", "#1 (best)", "東京 夜景", "émile", "🎬", ""].map(initials);
        assert_eq!(of.each_ref().map(String::as_str), ["AC", "AC", "1B", "東夜", "É", "", ""]);
    }

    #[test]
    fn every_hue_is_used_and_neighbours_differ() {
        let hues: Vec<u32> = (1..=HUES).map(|id| hue(VideoId::new(id).unwrap())).collect();
        let mut sorted = hues.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..HUES).collect::<Vec<_>>());
        assert!(hues.iter().zip(hues.iter().skip(1)).all(|(one, next)| one.abs_diff(*next) > 5));
    }

    #[test]
    fn the_drawing_says_the_initials_and_nothing_else_of_the_title() {
        let drawn = svg(VideoId::new(7).unwrap(), "<a> & \"b\"");
        assert!(drawn.ends_with(">&#65;&#66;</text></svg>"), "{drawn}");
        assert!(!drawn.contains(['\n', '\'']) && drawn.starts_with("<svg "), "{drawn}");
    }
}
