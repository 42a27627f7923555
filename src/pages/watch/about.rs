//! What a file says about itself, in words, and whose choice its cover is.

use super::asked::Asked;
use crate::web::human::grouped;
use events::VideoId;
use events::event::Details;
use projections::{State, Video};
use serde::Serialize;

/// A named place in the film.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Chapter {
    start_ms: u64,
    title: String,
    /// The page that begins there.
    href: String,
}

impl Chapter {
    /// The chapters of this video, whose page was `asked` for.
    pub(super) fn all(video: &Video, asked: &Asked) -> Vec<Self> {
        let chapter = |chapter: &events::event::Chapter| Self {
            start_ms: chapter.start_ms,
            title: chapter.title.clone(),
            href: asked.from(u32::try_from(chapter.start_ms / 1000).unwrap_or(u32::MAX)).url(video.id),
        };
        video.details.chapters.iter().map(chapter).collect()
    }
}

/// Whose choice the cover is.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Choice {
    /// Where in the film a person wants it from.
    chosen_ms: Option<u64>,
    /// Where the one that there is comes from.
    position_ms: u64,
    /// What was chosen last is what is shown.
    is_there: bool,
}

impl Choice {
    pub(super) fn of(state: &State, video: VideoId) -> Self {
        let pictures = state.thumbnails();
        Self {
            chosen_ms: pictures.chosen_ms(video),
            position_ms: pictures.cover(video).map_or(0, |cover| cover.position_ms),
            is_there: pictures.cover(video).is_some() && !pictures.pending().contains(video.get()),
        }
    }
}

/// The codecs of picture and sound, as far as they are known.
pub(super) fn codecs(video: &Video) -> Option<String> {
    let known: Vec<&str> =
        [&*video.video_codec, &*video.audio_codec].into_iter().filter(|codec| !codec.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// Frames in a second, as people say it: `25 fps`, `29.97 fps`.
pub(super) fn frame_rate(details: &Details) -> Option<String> {
    let hundredths = details.frame_rate_mhz.saturating_add(5) / 10;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let text = format!("{whole}.{part:02}");
    let text = if part == 0 { whole.to_string() } else { text.trim_end_matches('0').to_owned() };
    (hundredths > 0).then(|| format!("{text} fps"))
}

/// Bits in a second, in the units of network equipment: `850 kbit/s`, `4.2 Mbit/s`.
pub(super) fn bit_rate(details: &Details) -> Option<String> {
    match details.bit_rate {
        0 => None,
        bits @ 1..1_000_000 => Some(format!("{} kbit/s", bits.div_ceil(1000))),
        bits @ 1_000_000..10_000_000 => Some(format!("{}.{} Mbit/s", bits / 1_000_000, bits / 100_000 % 10)),
        bits => Some(format!("{} Mbit/s", grouped(bits / 1_000_000))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::super::samples::{after, found, id};
    use super::*;
    use events::Event;
    use events::event::{Chapter as Named, Thumbnail, Video as Happened};
    use events::values::{ContentId, Preview};

    fn details(frame_rate_mhz: u32, bit_rate: u64) -> Details {
        Details { frame_rate_mhz, bit_rate, ..Details::default() }
    }

    #[test]
    fn rates_are_said_as_people_say_them() {
        let rates = [0, 4, 25_000, 29_970, 23_976, 23_500, 59_999, u32::MAX].map(|rate| frame_rate(&details(rate, 0)));
        let rates = rates.each_ref().map(|rate| rate.as_deref().unwrap_or("-"));
        let expected = ["-", "-", "25 fps", "29.97 fps", "23.98 fps", "23.5 fps", "60 fps", "4294967.29 fps"];
        assert_eq!(rates, expected);
        let rates = [0, 1, 850_400, 4_219_000, 12_900_000, 1_200_000_000].map(|rate| bit_rate(&details(0, rate)));
        let rates = rates.each_ref().map(|rate| rate.as_deref().unwrap_or("-"));
        assert_eq!(rates, ["-", "1 kbit/s", "851 kbit/s", "4.2 Mbit/s", "12 Mbit/s", "1,200 Mbit/s"]);
    }

    #[test]
    fn a_chapter_leads_to_its_place_in_the_list_the_viewer_came_from() {
        let chapters = vec![Named { start_ms: 61_900, title: "The storm".to_owned() }];
        let (video_codec, audio_codec) = Default::default();
        let details = Details { chapters, ..Details::default() };
        let (duration_ms, width, height) = (90_000, 16, 9);
        let probed = Happened::Probed { video: id(1), duration_ms, width, height, video_codec, audio_codec, details };
        let state = after(&[found(1, "a.mp4"), Event::Video(probed)]);
        let asked = Asked::read(Some("from=%2Fplaylists%2F1&item=2&t=3&page=2"));
        let chapters = Chapter::all(state.videos().get(id(1)).unwrap(), &asked);
        let href = "/watch/1?from=%2Fplaylists%2F1&item=2&page=2&t=61".to_owned();
        assert_eq!(chapters, [Chapter { start_ms: 61_900, title: "The storm".to_owned(), href }]);
    }

    #[test]
    fn a_choice_is_there_when_its_picture_is() {
        let made = |cover| {
            let (cover, decoder, preview) = (ContentId(cover), String::new(), Preview::default());
            Event::Thumbnail(Thumbnail::Made { video: id(1), cover, decoder, position_ms: 7, preview, took_ms: 0 })
        };
        let chosen = Event::Thumbnail(Thumbnail::Chosen { video: id(1), position_ms: 7 });
        let shown = |events: &[Event]| {
            let Choice { chosen_ms, position_ms, is_there } = Choice::of(&after(events), id(1));
            (chosen_ms, position_ms, is_there)
        };
        let mut events = vec![found(1, "a.mp4")];
        assert_eq!(shown(&events), (None, 0, false));
        events.extend([made(1), chosen]);
        assert_eq!(shown(&events), (Some(7), 7, false));
        events.push(made(2));
        assert_eq!(shown(&events), (Some(7), 7, true));
    }
}
