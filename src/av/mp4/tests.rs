//! Clips as ffprobe describes them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::clips::{kinds, of_track, open, open_counted, picture, rest};
use crate::info::{AudioCodec, Colour, Container, Kind, Rotation, VideoCodec};
use crate::source::Source;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Why a clip is not opened.
fn refused(name: &str) -> String {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clips").join(name)).unwrap();
    let len = bytes.len() as u64;
    crate::open(Source::new(bytes, len)).err().unwrap().to_string()
}

#[test]
fn a_film_with_everything_says_so() {
    let film = open("h264.mov");
    let info = film.info();
    assert_eq!((info.container, info.duration_ms), (Container::QuickTime, 4000));
    assert_eq!((info.title.as_str(), info.created_at_ms), ("A card of colours", Some(1_709_210_096_000)));
    let chapters: Vec<_> = info.chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect();
    assert_eq!(chapters, [(0, "Opening"), (1000, "Zwölf Küchen – 東京"), (2500, "End")]);
    assert_eq!(kinds(info), "va-", "the track of chapters is none of words");
    let tracks: Vec<_> =
        info.tracks.iter().map(|track| (track.number, track.default, track.language.as_str())).collect();
    assert_eq!(tracks, [(1, true, ""), (2, true, ""), (3, false, "eng")]);
    let video = picture(info);
    assert_eq!((&video.codec, video.codec_string.as_str()), (&VideoCodec::H264, "avc1.64000C"));
    assert_eq!((video.width, video.height, video.pixel_aspect, video.frame_rate_mhz), (320, 180, (1, 1), 25_000));
    let (_, audio) = info.sound().unwrap();
    assert_eq!((&audio.codec, audio.sample_rate, audio.channels), (&AudioCodec::Other("sowt".into()), 8000, 1));
}

#[test]
fn sound_and_its_config_are_described() {
    for (name, container) in [("h264.mp4", "avc1.64000C"), ("h264.3gp", "avc1.42C00C"), ("hevc.mp4", "hvc1.1.6.L60.90")]
    {
        let film = open(name);
        assert_eq!((film.info().container, film.info().duration_ms), (Container::Mp4, 4000), "{name}");
        assert_eq!(picture(film.info()).codec_string, container);
        let (track, audio) = film.info().sound().unwrap();
        assert_eq!((track, &audio.codec, audio.codec_string.as_str()), (1, &AudioCodec::Aac, "mp4a.40.2"));
        assert_eq!((audio.sample_rate, audio.channels), (16_000, 1));
    }
}

#[test]
fn codecs_have_the_names_that_browsers_know() {
    let known = [
        ("8k.mp4", "hvc1.1.6.L180.90", 25_000),
        ("hevc-10bit.mp4", "hvc1.2.4.L60.90", 25_000),
        ("av1.mp4", "av01.0.00M.08", 25_000),
        ("h264-10bit.mp4", "avc1.6E000C", 25_000),
        ("mjpeg.mov", "mjpeg", 2000),
        ("mpeg4.mp4", "mp4v", 25_000),
        ("prores.mov", "apco", 2000),
        ("variable-rate.mp4", "avc1.64000C", 11_781),
        ("fragmented.mp4", "avc1.64000C", 25_000),
    ];
    for (name, codec, frame_rate_mhz) in known {
        let film = open(name);
        let video = picture(film.info());
        assert_eq!((video.codec_string.as_str(), video.frame_rate_mhz), (codec, frame_rate_mhz), "{name}");
    }
}

#[test]
fn turns_shapes_and_colours_are_known() {
    let colour = |primaries, transfer, matrix, full| Colour { primaries, transfer, matrix, full_range: Some(full) };
    let unknown = Colour::UNSPECIFIED;
    let known = [
        // As ffmpeg turns them, which is counted against the clock.
        ("rotated-90.mp4", Rotation::Left, (180, 320), unknown),
        ("rotated-180.mp4", Rotation::Half, (320, 180), unknown),
        ("rotated-270.mp4", Rotation::Right, (180, 320), unknown),
        ("anamorphic.mp4", Rotation::None, (320, 180), unknown),
        ("cropped.mp4", Rotation::None, (318, 178), unknown),
        ("bt601.mp4", Rotation::None, (320, 180), colour(6, 6, 6, false)),
        ("full-range.mp4", Rotation::None, (320, 180), colour(2, 2, 2, true)),
        ("hdr-pq.mp4", Rotation::None, (320, 180), colour(9, 16, 9, false)),
        ("hdr-hlg.mp4", Rotation::None, (320, 180), colour(9, 18, 9, false)),
    ];
    for (name, rotation, size, colour) in known {
        let film = open(name);
        let video = picture(film.info());
        assert_eq!((video.rotation, video.display_size(), video.colour), (rotation, size, colour), "{name}");
    }
}

#[test]
fn packets_come_in_the_order_of_the_file() {
    let packets = rest(&mut *open("h264.mp4"));
    let (video, audio) = (of_track(&packets, 0), of_track(&packets, 1));
    assert_eq!((video.len(), audio.len()), (100, 64));
    assert_eq!(video[..3], [(0, true, 2044), (160_000, false, 564), (80_000, false, 151)]);
    assert_eq!((audio[0].0, audio[1].0), (-64_000, 0), "an edit leaves out what leads in");
    let first = packets.iter().position(|packet| packet.track == 1).unwrap();
    assert!((1..99).contains(&first), "they are mixed");
    assert!(packets.iter().filter(|packet| packet.track == 0).all(|packet| packet.duration_us == Some(40_000)));
}

#[test]
fn key_frames_are_found_by_tables_and_by_fragments() {
    for (name, late) in [("h264.mp4", 0), ("open-gop.mp4", 0), ("fragmented.mp4", 80), ("fragmented-sidx.mp4", 80)] {
        let mut film = open(name);
        let keyframes: Vec<u64> = [0, 1000, 2000, 3000].map(|at| at + late).into();
        let near = [0, 1400 + late, 1600 + late, 99_999].map(|at_ms| {
            let packet = film.keyframe(at_ms).unwrap();
            assert_eq!((packet.track, packet.key), (0, true), "{name}");
            packet.pts_us / 1000
        });
        assert_eq!(near.map(|at| at.cast_unsigned()), *keyframes, "{name}");
        assert_eq!(film.keyframes().unwrap(), keyframes, "{name}");
        for (at_ms, found) in [(0, 0), (1999, 1000), (2000 + late, 2000), (u64::MAX, 3000)] {
            film.seek(at_ms).unwrap();
            let first = rest(&mut *film).into_iter().find(|packet| packet.track == 0).unwrap();
            assert_eq!((first.pts_us, first.key), (1000 * (found + late).cast_signed(), true), "{name} {at_ms}");
        }
    }
}

#[test]
fn sound_goes_along_when_a_time_is_gone_to() {
    for (name, late) in [("h264.mp4", 0), ("fragmented.mp4", 80_000)] {
        let mut film = open(name);
        film.seek(2500).unwrap();
        let packets = rest(&mut *film);
        let (video, audio) = (of_track(&packets, 0), of_track(&packets, 1));
        assert_eq!((video[0].0, video.len()), (2_000_000 + late, 50), "{name}");
        assert!((0..64_000).contains(&(video[0].0 - audio[0].0)), "{name}: {audio:?}");
        film.seek(0).unwrap();
        assert_eq!(rest(&mut *film), rest(&mut *open(name)), "{name}: the beginning is the beginning");
    }
}

#[test]
fn fragments_have_all_that_tables_have() {
    let (plain, parts) = (rest(&mut *open("h264.m4v")), rest(&mut *open("fragmented.mp4")));
    let late = |track, by_us| -> Vec<_> {
        of_track(&plain, track).into_iter().map(|(at_us, key, len)| (at_us + by_us, key, len)).collect()
    };
    assert_eq!(of_track(&parts, 0), late(0, 80_000));
    let sound = of_track(&parts, 1);
    assert_eq!(sound[0], (0, true, 160), "ffmpeg makes the first one longer, for want of an edit list");
    assert_eq!(sound[1..], late(1, 80_000)[1..]);
    assert_eq!(open("fragmented.mp4").info().duration_ms, 4080);
    assert_eq!(open("fragmented-sidx.mp4").info().duration_ms, 4000);
}

#[test]
fn little_is_read() {
    for (name, opening, with_frame) in [("h264-faststart.mp4", 2, 3), ("h264.mp4", 3, 4), ("8k.mp4", 3, 4)] {
        let (mut film, reads) = open_counted(name);
        assert_eq!(reads.times.load(Ordering::Relaxed), opening, "{name}");
        let len = film.keyframe(2000).unwrap().data.len() as u64;
        assert_eq!(reads.times.load(Ordering::Relaxed), with_frame, "{name}");
        assert!(reads.bytes.load(Ordering::Relaxed) < len + 20_000, "{name}");
    }
}

#[test]
fn what_is_broken_is_said() {
    assert_eq!(refused("no-moov.mp4"), "the moov box is missing");
    assert_eq!(refused("truncated-head.mp4"), "the moov box is cut short");
    assert_eq!(refused("zero-length.mp4"), "the file is empty");
    assert_eq!(refused("text-file.mp4"), "this is no video file that is known here");
    let mut sound = open("audio-only.mp4");
    assert_eq!(sound.keyframe(0).unwrap_err().to_string(), "there is no picture in it");
    assert_eq!((sound.keyframes().unwrap(), kinds(sound.info()).as_str()), (vec![], "a"));
    sound.seek(2000).unwrap();
    assert_eq!(sound.next().unwrap().unwrap().pts_us, 1_984_000);
}

#[test]
fn a_film_that_was_cut_short_gives_what_is_left() {
    let mut film = open("truncated.mp4");
    assert_eq!(film.info().duration_ms, 4000);
    assert_eq!(film.keyframe(4000).unwrap().pts_us, 2_000_000, "the last one that is there");
    film.seek(0).unwrap();
    let whole = rest(&mut *open("h264-faststart.mp4"));
    let mut left = Vec::new();
    let error = loop {
        match film.next() {
            Ok(packet) => left.push(packet.unwrap()),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(error, "the file ends too early");
    assert!(left.len() > 50 && whole.starts_with(&left));
}

#[test]
fn a_still_frame_is_a_film() {
    let mut film = open("one-frame.mp4");
    assert_eq!((film.info().duration_ms, picture(film.info()).frame_rate_mhz), (40, 25_000));
    assert_eq!(rest(&mut *film).len(), 1);
    let kind = &film.info().tracks[0].kind;
    assert!(matches!(kind, Kind::Video(video) if video.config.first() == Some(&1)));
}
