//! The pictures of a video, as pages show them: where the cover is, and what stands for it until it is there.
//!
//! Twelve pixels of a cover are part of the page itself, as the smallest format that every browser knows: a BMP, which is
//! its pixels behind a header that is the same for all.

use crate::thumbnails::address;
use events::VideoId;
use events::values::Preview;
use projections::{Failure, State, Thumbnail, Video};
use serde::Serialize;

/// The cover of a video.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Cover {
    /// Its address without its form: `/320.jpg` is added to it.
    pub(super) at: String,
    /// The few pixels, as a `data:` address.
    pub(super) preview: String,
    /// The colour that is seen from afar, `#rrggbb`.
    pub(super) colour: String,
    /// Higher than wide: there is room beside it.
    pub(super) upright: bool,
}

impl Cover {
    /// The cover of this video, if there is one.
    pub(super) fn of(state: &State, video: &Video) -> Option<Self> {
        let cover = state.thumbnails().cover(video.id)?;
        let [red, green, blue] = cover.preview.colour;
        Some(Self {
            at: address(video.id, cover.id),
            preview: data_url(&cover.preview),
            colour: format!("#{red:02x}{green:02x}{blue:02x}"),
            upright: video.height > video.width,
        })
    }
}

/// Why there is no cover, if it could not be made.
pub(super) fn failure(state: &State, video: VideoId) -> Option<&Failure> {
    match state.thumbnails().get(video) {
        Thumbnail::Failed(failure) => Some(failure),
        Thumbnail::Missing | Thumbnail::Made(_) => None,
    }
}

/// Whether a first cover is still to be made.
pub(super) fn waits(state: &State, video: &Video) -> bool {
    video.present() && *state.thumbnails().get(video.id) == Thumbnail::Missing
}

/// The headers of a BMP of 4 × 3 pixels without compression, 24 bits each, the rows from the top: a BITMAPFILEHEADER and a
/// BITMAPINFOHEADER, whose height is negative for that.
const BMP: [u8; 54] = [
    b'B', b'M', 90, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, //
    40, 0, 0, 0, 4, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 1, 0, 24, 0, 0, 0, 0, 0, 36, 0, 0, 0, //
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// The few pixels of a picture as the address of an image.
fn data_url(preview: &Preview) -> String {
    let pixels = preview.pixels.as_chunks::<3>().0.iter().flat_map(|[red, green, blue]| [*blue, *green, *red]);
    let bytes: Vec<u8> = BMP.into_iter().chain(pixels).collect();
    format!("data:image/bmp;base64,{}", base64(&bytes))
}

/// `bytes`, a multiple of three, as RFC 4648 has it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| LETTERS.get((bits & 63) as usize).copied().map_or('A', char::from);
    let group = |[one, two, three]: &[u8; 3]| {
        let bits = u32::from_be_bytes([0, *one, *two, *three]);
        [18, 12, 6, 0].map(|shift| letter(bits >> shift))
    };
    bytes.as_chunks::<3>().0.iter().flat_map(group).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, id};
    use super::*;
    use events::Event;
    use events::event::Thumbnail as Happened;
    use events::values::ContentId;

    fn made() -> Event {
        let mut preview = Preview { colour: [1, 171, 255], ..Preview::default() };
        preview.pixels.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        let (cover, decoder) = (ContentId(0xabc), String::new());
        Event::Thumbnail(Happened::Made { video: id(1), cover, decoder, position_ms: 0, preview, took_ms: 0 })
    }

    #[test]
    fn a_cover_has_an_address_a_colour_and_a_few_pixels_in_the_page() {
        let state = after(&[found(1, "a.mp4"), made()]);
        let cover = Cover::of(&state, state.videos().get(id(1)).unwrap()).unwrap();
        assert_eq!(cover.at, "/thumbnails/1/00000000000000000000000000000abc");
        assert_eq!((cover.colour.as_str(), cover.upright), ("#01abff", false));
        // The pixels 1, 2, 3 and 4, 5, 6, each from blue to red.
        assert!(cover.preview.contains("AAAAAwIBBgUE"), "{}", cover.preview);
        assert_eq!(cover.preview.len(), "data:image/bmp;base64,".len() + 120);
    }

    #[test]
    fn only_a_file_that_is_there_waits_for_its_first_cover() {
        let waits = |events: &[Event]| waits(&after(events), after(events).videos().get(id(1)).unwrap());
        assert!(waits(&[found(1, "a.mp4")]));
        assert!(!waits(&[found(1, "a.mp4"), made()]));
        assert!(!waits(&[found(1, "a.mp4"), super::super::samples::vanished(1)]));
        let (stage, reason, decoder) = ("decode".to_owned(), "broken".to_owned(), String::new());
        let failed = Event::Thumbnail(Happened::Failed { video: id(1), stage, reason, decoder });
        assert!(!waits(&[found(1, "a.mp4"), failed.clone()]));
        assert_eq!(failure(&after(&[found(1, "a.mp4"), failed]), id(1)).unwrap().reason, "broken");
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        assert_eq!([&b""[..], b"foobar", b"\xff\xfe\xfd"].map(base64), ["", "Zm9vYmFy", "//79"]);
    }
}
