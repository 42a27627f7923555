//! Clips as ffprobe describes them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::clips::{kinds, of_track, open, open_counted, picture, rest};
use crate::info::{AudioCodec, Colour, Container, Kind, Rotation, SubtitleFormat, VideoCodec};
use std::sync::atomic::Ordering;

#[test]
fn a_film_with_everything_says_so() {
    let film = open("h264.mkv");
    let info = film.info();
    assert_eq!((info.container, info.duration_ms), (Container::Matroska, 4064));
    assert_eq!((info.title.as_str(), info.created_at_ms), ("A card of colours", Some(1_709_210_096_000)));
    let chapters: Vec<_> = info.chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect();
    assert_eq!(chapters, [(0, "Opening"), (1000, "Zwölf Küchen – 東京"), (2500, "End")]);
    assert_eq!(kinds(info), "vass");
    let tracks: Vec<_> =
        info.tracks.iter().map(|track| (track.number, track.language.as_str(), &*track.title)).collect();
    assert_eq!(tracks, [(1, "", ""), (2, "eng", ""), (3, "eng", "English"), (4, "ger", "Deutsch für alle")]);
    let video = picture(info);
    assert_eq!((&video.codec, video.codec_string.as_str()), (&VideoCodec::H264, "avc1.64000C"));
    assert_eq!((video.width, video.height, video.pixel_aspect, video.frame_rate_mhz), (320, 180, (1, 1), 25_000));
    assert_eq!((video.rotation, video.colour), (Rotation::None, Colour::UNSPECIFIED));
    let (_, audio) = info.sound().unwrap();
    assert_eq!((&audio.codec, audio.codec_string.as_str()), (&AudioCodec::Aac, "mp4a.40.2"));
    assert_eq!((audio.sample_rate, audio.channels), (16_000, 1));
    let formats: Vec<_> = info.tracks[2..].iter().map(|track| &track.kind).collect();
    assert!(matches!(formats[0], Kind::Subtitle(words) if words.format == SubtitleFormat::SubRip));
    assert!(matches!(formats[1], Kind::Subtitle(words) if words.config.starts_with(b"[Script Info]")));
}

#[test]
fn packets_come_in_the_order_of_the_file() {
    let packets = rest(&mut *open("h264.mkv"));
    let counts: Vec<_> = (0..4).map(|track| of_track(&packets, track).len()).collect();
    assert_eq!(counts, [100, 64, 2, 2]);
    let video = of_track(&packets, 0);
    assert_eq!(video[..3], [(64_000, true, 2044), (224_000, false, 564), (144_000, false, 151)]);
    let keys: Vec<_> = video.into_iter().filter(|(_, key, _)| *key).collect();
    assert_eq!(keys, [(64_000, true, 2044), (1_064_000, true, 1822), (2_064_000, true, 2031), (3_064_000, true, 2094)]);
    let words: Vec<_> = packets.iter().filter(|packet| packet.track == 2).collect();
    assert_eq!((words[0].pts_us, words[0].duration_us), (564_000, Some(1_000_000)));
    assert_eq!(words[1].data, b"Two lines\r\nof them");
}

#[test]
fn an_index_leads_to_key_frames() {
    let mut film = open("h264.mkv");
    assert_eq!(film.keyframes().unwrap(), [64, 1064, 2064, 3064]);
    let near = [0, 1500, 1565, 9999].map(|at_ms| film.keyframe(at_ms).unwrap().pts_us);
    assert_eq!(near, [64_000, 1_064_000, 2_064_000, 3_064_000]);
    let before = [2063, 2064, 0].map(|at_ms| {
        film.seek(at_ms).unwrap();
        let packet = film.next().unwrap().unwrap();
        (packet.track, packet.pts_us, packet.key)
    });
    assert_eq!(before, [(0, 1_064_000, true), (0, 2_064_000, true), (0, 64_000, true)]);
}

#[test]
fn a_look_at_a_key_frame_does_not_lose_the_place() {
    let mut film = open("vp9.webm");
    film.next().unwrap();
    film.keyframe(3000).unwrap();
    let mut undisturbed = open("vp9.webm");
    undisturbed.next().unwrap();
    assert_eq!(film.next().unwrap(), undisturbed.next().unwrap());
}

#[test]
fn key_frames_are_found_without_an_index() {
    let mut film = open("no-cues.mkv");
    assert_eq!(film.info().duration_ms, 4000, "by the last frame");
    assert_eq!(film.keyframes().unwrap(), []);
    let near = [0, 1400, 1600, 9999].map(|at_ms| film.keyframe(at_ms).unwrap().pts_us);
    assert_eq!(near, [0, 1_000_000, 2_000_000, 3_000_000]);
    let before = [999, 1000, 3999].map(|at_ms| {
        film.seek(at_ms).unwrap();
        film.next().unwrap().unwrap().pts_us
    });
    assert_eq!(before, [0, 1_000_000, 3_000_000]);
}

#[test]
fn stripped_bytes_come_back() {
    let (mut stripped, mut whole) = (open("header-stripping.mkv"), open("no-cues.mkv"));
    assert_eq!(stripped.keyframe(2000).unwrap(), whole.keyframe(2000).unwrap());
    stripped.seek(0).unwrap();
    assert_eq!(rest(&mut *stripped), rest(&mut *whole));
}

#[test]
fn compressed_words_are_readable() {
    let packets = rest(&mut *open("zlib-subtitles.mkv"));
    let words: Vec<_> = packets.iter().filter(|packet| packet.track == 1).collect();
    assert_eq!(words[0].data, b"The <i>first</i> words");
    assert_eq!(words.len(), 2);
}

#[test]
fn codecs_of_webm() {
    let describe = |name: &str| {
        let film = open(name);
        let video = picture(film.info());
        let sound = film.info().sound().map_or("", |(_, sound)| sound.codec_string.as_str()).to_owned();
        (film.info().container, film.info().duration_ms, video.codec_string.clone(), sound)
    };
    let webm = |ms, video: &str, sound: &str| (Container::WebM, ms, video.to_owned(), sound.to_owned());
    assert_eq!(describe("vp8.webm"), webm(4032, "vp8", "vorbis"));
    assert_eq!(describe("vp9.webm"), webm(4008, "vp09.00.11.08", "opus"));
    assert_eq!(describe("vp9-10bit.webm"), webm(4000, "vp09.02.11.10", ""));
    assert_eq!(describe("av1.webm"), webm(4008, "av01.0.00M.08", "opus"));
}

#[test]
fn sound_leads_in_before_the_picture() {
    let packets = rest(&mut *open("vp9.webm"));
    assert_eq!(packets[0].pts_us.min(packets[1].pts_us), -2167);
    assert_eq!(of_track(&packets, 0)[0], (7000, true, 2967));
    assert_eq!(of_track(&packets, 1).len(), 201);
}

#[test]
fn sound_alone_can_be_entered_at_a_time() {
    let mut film = open("audio-only.mkv");
    let info = film.info();
    assert_eq!((kinds(info).as_str(), info.duration_ms), ("a", 4008));
    let (_, audio) = info.sound().unwrap();
    assert_eq!(audio.config[..2], [1, 1], "the version and channels, without the magic word");
    film.seek(2000).unwrap();
    assert_eq!(film.next().unwrap().unwrap().pts_us, 1_998_833, "though its index has one entry");
    assert!(film.keyframe(0).is_err());
}

#[test]
fn little_is_read() {
    let (mut film, reads) = open_counted("h264.mkv");
    assert!(reads.times.load(Ordering::Relaxed) <= 3, "the first bytes, the head, the place of the index");
    film.keyframe(2000).unwrap();
    assert!(reads.times.load(Ordering::Relaxed) <= 6);
    assert!(reads.bytes.load(Ordering::Relaxed) < 40_000);
}
