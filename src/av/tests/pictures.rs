//! What comes out of our readers and decoders is what ffmpeg shows of the same key frame: the right frame, the right way
//! up, in the right colours. The pictures to compare with are committed; `tests/clips/make` makes them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod likeness;

use av::picture::Picture;
use av::source::Source;
use likeness::Distance;
use std::fs;
use std::fs::File;
use std::path::{Path, PathBuf};

/// How far a cover may be from its reference. Both were JPEG once, ours with a quarter of the colours: that is most of it.
const EXACT: Distance = Distance { colour: 1.5, worst: 10.0, structure: 0.04 };
/// The same for HDR, where what is right is a matter of taste: ffmpeg gives the colours of HLG more force than we do.
const TONE_MAPPED: Distance = Distance { colour: 12.0, worst: 22.0, structure: 0.08 };

/// A row of the table of references.
struct Reference {
    clip: String,
    at_ms: u64,
    file: String,
    bound: Distance,
}

fn clips() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clips")
}

fn references() -> Vec<Reference> {
    let table = fs::read_to_string(clips().join("references/references.tsv")).expect("the table is there");
    let row = |line: &str| {
        let [clip, at_ms, file, colours] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a row: {line}") };
        let bound = if colours == "exact" { EXACT } else { TONE_MAPPED };
        Reference { clip: clip.to_owned(), at_ms: at_ms.parse().expect("a time"), file: file.to_owned(), bound }
    };
    table.lines().skip(1).map(row).collect()
}

fn picture(jpeg: &[u8]) -> Picture {
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(jpeg));
    let rgb = decoder.decode().expect("a JPEG");
    let (width, height) = decoder.dimensions().expect("its size");
    Picture::from_rgb(width as u32, height as u32, rgb).expect("three bytes a pixel")
}

fn reference(file: &str) -> Picture {
    picture(&fs::read(clips().join("references").join(file)).expect("a reference is there"))
}

fn cover(clip: &str, at_ms: u64) -> Result<Picture, String> {
    let file = File::open(clips().join(clip)).expect("a clip is there");
    let len = file.metadata().expect("its size").len();
    let mut film = av::open(Source::new(file, len)).map_err(|error| format!("open: {error}"))?;
    let cover = av::cover(film.as_mut(), Some(at_ms)).map_err(|failure| format!("cover: {}", failure.error))?;
    Ok(picture(&cover.poster.bytes))
}

#[test]
fn covers_are_what_ffmpeg_shows() {
    let mut complaints = Vec::new();
    for Reference { clip, at_ms, file, bound } in references() {
        let wanted = reference(&file);
        let judged = cover(&clip, at_ms).and_then(|cover| {
            let cover = cover.within((wanted.width(), wanted.height()));
            let distance = Distance::between(&cover, &wanted);
            distance.ok_or_else(|| format!("{} x {} pixels", cover.width(), cover.height()))
        });
        match judged {
            Ok(distance) if distance.is_within(bound) => {}
            Ok(distance) => complaints.push(format!("{clip}: {distance:?}")),
            Err(wrong) => complaints.push(format!("{clip}: {wrong}")),
        }
    }
    assert!(complaints.is_empty(), "{} covers are wrong:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn what_a_person_would_see_is_noticed() {
    let whole = reference("bt601.mp4.jpg");
    let seen = |change: &dyn Fn([f32; 3]) -> [f32; 3]| {
        let change = |pixel: &[u8; 3]| change(pixel.map(f32::from)).map(|value| value.round() as u8);
        let rgb = whole.rgb().as_chunks::<3>().0.iter().flat_map(change).collect();
        let changed = Picture::from_rgb(whole.width(), whole.height(), rgb).expect("as large as before");
        !Distance::between(&whole, &changed).expect("the same size").is_within(EXACT)
    };
    assert!(!seen(&|pixel| pixel));
    assert!(!seen(&|pixel| pixel.map(|value| value + 1.0)));
    let range = |value: f32| (value - 16.0) * 255.0 / 219.0;
    assert!(seen(&|pixel| pixel.map(range)), "levels of the wrong range");
    assert!(seen(&|[r, g, b]| [b, g, r]), "red for blue");
    assert!(seen(&|[r, g, b]| {
        // Made by the matrix of BT.601, read by that of BT.709.
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        let (blue, red) = ((b - y) / 1.772, (r - y) / 1.402);
        [y + 1.5748 * red, y - 0.1873 * blue - 0.4681 * red, y + 1.8556 * blue]
    }));
    let other = |one: &str, other: &str| Distance::between(&reference(one), &reference(other)).expect("the same size");
    assert!(!other("truncated.mp4.jpg", "h264-faststart.mp4.jpg").is_within(EXACT), "a second later");
    assert!(!other("rotated-90.mp4.jpg", "rotated-270.mp4.jpg").is_within(TONE_MAPPED), "upside down");
}
