//! What a person is told of a file that there can be no picture of.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use av::source::Source;
use std::fs;
use std::path::Path;

/// Why there is no cover of a clip; nothing if there is one.
fn refusal(clip: &str) -> Option<String> {
    let bytes =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clips").join(clip)).expect("a clip is there");
    let len = bytes.len() as u64;
    match av::open(Source::new(bytes, len)) {
        Ok(mut film) => av::cover(film.as_mut(), None).err().map(|failure| failure.error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn a_refusal_says_what_is_wrong_with_the_file() {
    let told = [
        ("zero-length.mp4", "the file is empty"),
        ("text-file.mp4", "this is no video file that is known here"),
        ("no-moov.mp4", "the moov box is missing"),
        ("truncated-head.mp4", "the moov box is cut short"),
        ("audio-only.mp4", "a file without a picture is not supported"),
        ("audio-only.mkv", "a file without a picture is not supported"),
        ("zlib-subtitles.mkv", "a file without a picture is not supported"),
        ("xvid.avi", "the codec XVID is not supported"),
        ("mpeg4.mp4", "the codec mp4v is not supported"),
        ("prores.mov", "the codec apco is not supported"),
        ("theora.ogv", "an Ogg file is not supported"),
        ("theora.ogg", "an Ogg file is not supported"),
        ("wmv2.wmv", "a Windows Media file is not supported"),
        ("flv1.flv", "a Flash video file is not supported"),
        ("mpeg2.mpg", "an MPEG program stream is not supported"),
        ("mpeg1.mpeg", "an MPEG program stream is not supported"),
        ("h264.ts", "an MPEG transport stream is not supported"),
        ("h264.m2ts", "an MPEG transport stream is not supported"),
    ];
    let wrong: Vec<_> = told
        .into_iter()
        .filter_map(|(clip, text)| {
            let refusal = refusal(clip);
            (refusal.as_deref() != Some(text)).then(|| format!("{clip}: {refusal:?}, not {text:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_left_of_a_film_is_shown() {
    for clip in ["truncated.mp4", "no-index.avi", "one-frame.mp4"] {
        assert_eq!(refusal(clip), None, "{clip}");
    }
}
