//! What comes before the first fragment: `ftyp` and a `moov` without samples (ISO/IEC 14496-12 §8.8.1).

use super::boxes::{boxed, full, words};
use super::picture;
use crate::info::VideoTrack;

/// How many units a second has in all times of tracks: µs, as everywhere in this package.
const TIMESCALE: u32 = 1_000_000;
/// How many units a second has in the length of the film.
const FILM_TIMESCALE: u32 = 1000;
/// Enabled, in the movie, in the preview (§8.3.2).
const SHOWN: u32 = 7;

/// A track as `moov` needs it.
pub(super) struct Described<'a> {
    /// What its codec is; see `picture` and `sound`.
    pub(super) entry: Vec<u8>,
    /// The picture; none for sound.
    pub(super) picture: Option<&'a VideoTrack>,
    /// Its language as the file says it.
    pub(super) language: &'a str,
}

/// `ftyp` and `moov` for these tracks, which are numbered from 1.
pub(super) fn init(tracks: &[Described<'_>], duration_ms: u64) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", &[b"iso6\0\0\0\x01iso6mp41"]);
    let next = u32::try_from(tracks.len() + 1).unwrap_or(u32::MAX);
    let mut head = words(&[0, 0, FILM_TIMESCALE, 0, 0x1_0000, 0x0100_0000, 0, 0]);
    head.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]));
    head.extend(words(&[0, 0, 0, 0, 0, 0, next]));
    let mut parts = vec![full(b"mvhd", 0, 0, &[&head])];
    let mut extends = vec![full(b"mehd", 1, 0, &[&duration_ms.to_be_bytes()])];
    for (number, track) in (1..).zip(tracks) {
        parts.push(trak(number, track));
        extends.push(full(b"trex", 0, 0, &[&words(&[number, 1, 0, 0, 0])]));
    }
    parts.push(boxed(b"mvex", &slices(&extends)));
    [ftyp, boxed(b"moov", &slices(&parts))].concat()
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

fn trak(number: u32, track: &Described<'_>) -> Vec<u8> {
    let mut head = words(&[0, 0, number, 0, 0, 0, 0]);
    match track.picture {
        Some(video) => {
            let (width, height) = VideoTrack { rotation: crate::info::Rotation::None, ..video.clone() }.display_size();
            head.extend(words(&[0, 0]));
            head.extend(picture::matrix(video));
            head.extend(words(&[width.min(0xffff) << 16, height.min(0xffff) << 16]));
        }
        None => {
            // At full volume.
            head.extend(words(&[0, 0x0100_0000, 0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 0, 0]));
        }
    }
    boxed(b"trak", &[&full(b"tkhd", 0, SHOWN, &[&head]), &mdia(track)])
}

fn mdia(track: &Described<'_>) -> Vec<u8> {
    let mdhd = full(b"mdhd", 0, 0, &[&words(&[0, 0, TIMESCALE, 0]), &language(track.language), &[0, 0]]);
    let (handler, kind) = match track.picture {
        Some(_) => (b"vide", full(b"vmhd", 0, 1, &[&[0; 8]])),
        None => (b"soun", full(b"smhd", 0, 0, &[&[0; 4]])),
    };
    let hdlr = full(b"hdlr", 0, 0, &[&[0; 4], handler, &[0; 13]]);
    let url = full(b"url ", 0, 1, &[]);
    let dinf = boxed(b"dinf", &[&full(b"dref", 0, 0, &[&words(&[1]), &url])]);
    let none = |kind: &[u8; 4]| full(kind, 0, 0, &[&words(&[0])]);
    let stsd = full(b"stsd", 0, 0, &[&words(&[1]), &track.entry]);
    let stsz = full(b"stsz", 0, 0, &[&words(&[0, 0])]);
    let stbl = boxed(b"stbl", &[&stsd, &none(b"stts"), &none(b"stsc"), &stsz, &none(b"stco")]);
    boxed(b"mdia", &[&mdhd, &hdlr, &boxed(b"minf", &[&kind, &dinf, &stbl])])
}

/// Three letters of five bits each (§8.4.2); `und` for what has none.
fn language(language: &str) -> [u8; 2] {
    let letters = if language.len() == 3 && language.bytes().all(|letter| letter.is_ascii_lowercase()) {
        language
    } else {
        "und"
    };
    letters.bytes().fold(0_u16, |packed, letter| packed << 5 | u16::from(letter - 0x60)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_three_letters_or_unknown() {
        assert_eq!(language("und"), 0x55c4_u16.to_be_bytes());
        for odd in ["", "de", "DEU", "deut", "\u{e9}a", "{{{"] {
            assert_eq!(language(odd), language("und"), "{odd}");
        }
        assert_eq!(language("deu"), (4_u16 << 10 | 5 << 5 | 21).to_be_bytes());
    }
}
