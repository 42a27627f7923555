//! Films made by hand, for what common writers do not write.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::ids;
use crate::clips::{kinds, of_track, open_bytes, open_bytes_counted, picture, rest};
use crate::info::{AudioCodec, Kind, Rotation, SubtitleFormat, VideoCodec};
use std::sync::atomic::Ordering;

/// An element with a body.
fn element(id: u32, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let name: Vec<u8> = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let size = (1_u64 << 56 | body.len() as u64).to_be_bytes();
    [&name, size.as_slice(), body].concat()
}

/// An element with elements in it.
fn all(id: u32, children: &[Vec<u8>]) -> Vec<u8> {
    element(id, children.concat())
}

/// An element with a number in it.
fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, value.to_be_bytes())
}

/// The same element, but of a size that is not known.
fn unknown_size(mut element: Vec<u8>, name_len: usize) -> Vec<u8> {
    element[name_len + 1..name_len + 8].fill(255);
    element
}

/// A whole film of these parts.
fn film(parts: &[Vec<u8>]) -> Vec<u8> {
    let header = all(ids::EBML, &[element(ids::DOC_TYPE, "matroska")]);
    [header, all(ids::SEGMENT, parts)].concat()
}

/// A track of pictures with more said about it.
fn video(codec: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let fixed = [number(ids::TRACK_NUMBER, 1), number(ids::TRACK_TYPE, 1), element(ids::CODEC_ID, codec)];
    all(ids::TRACK_ENTRY, &[fixed.concat(), more.concat()])
}

/// A track of another type.
fn track(kind: u64, codec: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let fixed = [number(ids::TRACK_NUMBER, 2), number(ids::TRACK_TYPE, kind), element(ids::CODEC_ID, codec)];
    all(ids::TRACK_ENTRY, &[fixed.concat(), more.concat()])
}

fn tracks(entries: &[Vec<u8>]) -> Vec<u8> {
    all(ids::TRACKS, entries)
}

/// A simple block: its track, time in the cluster, flags and what follows.
fn block(track: u8, ticks: i16, flags: u8, body: &[u8]) -> Vec<u8> {
    let [high, low] = ticks.to_be_bytes();
    element(ids::SIMPLE_BLOCK, [&[0x80 | track, high, low, flags], body].concat())
}

fn cluster(ticks: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    all(ids::CLUSTER, &[number(ids::TIMESTAMP, ticks), blocks.concat()])
}

fn cues(entries: &[(u64, u64, u64)]) -> Vec<u8> {
    let point = |(ticks, cluster, block): &(u64, u64, u64)| {
        let place = [
            number(ids::CUE_TRACK, 1),
            number(ids::CUE_CLUSTER_POSITION, *cluster),
            number(ids::CUE_RELATIVE_POSITION, *block),
        ];
        all(ids::CUE_POINT, &[number(ids::CUE_TIME, *ticks), all(ids::CUE_TRACK_POSITIONS, &place)])
    };
    all(ids::CUES, &entries.iter().map(point).collect::<Vec<_>>())
}

const KEY: u8 = 0x80;

#[test]
fn the_list_of_tracks_may_stand_behind_the_frames() {
    let clusters = cluster(0, &[block(1, 0, KEY, b"abc")]);
    // Two lists, of which the first knows the second, and the second the tracks and the first.
    let list = |other: u64, tracks: u64| {
        let seek =
            |id: u32, place| all(ids::SEEK, &[number(ids::SEEK_ID, id.into()), number(ids::SEEK_POSITION, place)]);
        all(ids::SEEK_HEAD, &[seek(ids::SEEK_HEAD, other), seek(ids::TRACKS, tracks)])
    };
    let void = element(ids::VOID, [0; 9]);
    let list_len = list(0, 0).len() as u64;
    let second = list_len + (void.len() + clusters.len()) as u64;
    let parts = [list(second, 0), void, clusters, list(second, second + list_len), tracks(&[video("V_VP8", &[])])];
    let mut film = open_bytes(film(&parts));
    assert_eq!(kinds(film.info()), "v");
    assert_eq!(film.next().unwrap().unwrap().data, b"abc");
}

#[test]
fn clusters_of_unknown_size_end_where_something_else_begins() {
    let first = unknown_size(cluster(0, &[block(1, 0, KEY, b"a"), block(1, 40, 0, b"bb")]), 4);
    let second = unknown_size(cluster(80, &[block(1, 0, KEY, b"ccc")]), 4);
    let bytes =
        film(&[tracks(&[video("V_VP8", &[])]), first, second, cues(&[]), cluster(120, &[block(1, 0, 0, b"dddd")])]);
    let packets = rest(&mut *open_bytes(bytes));
    let expected = [(0, true, 1), (40_000, false, 2), (80_000, true, 3), (120_000, false, 4)];
    assert_eq!(of_track(&packets, 0), expected);
}

#[test]
fn a_block_in_a_group_is_a_key_frame_unless_it_refers_to_another() {
    let group = |ticks: u8, more: &[Vec<u8>]| {
        all(ids::BLOCK_GROUP, &[element(ids::BLOCK, [0x81, 0, ticks, 0, 7]), more.concat()])
    };
    let blocks = [group(0, &[number(ids::BLOCK_DURATION, 33)]), group(33, &[number(ids::REFERENCE_BLOCK, 5)])];
    let packets = rest(&mut *open_bytes(film(&[tracks(&[video("V_VP8", &[])]), cluster(100, &blocks)])));
    assert_eq!(of_track(&packets, 0), [(100_000, true, 1), (133_000, false, 1)]);
    assert_eq!((packets[0].duration_us, packets[1].duration_us), (Some(33_000), None));
}

#[test]
fn frames_in_one_block_follow_each_other() {
    let of_two = [1, 9, 9, 8, 8];
    let clusters = cluster(0, &[block(2, 0, 0x84, &of_two), block(2, 50, 0x84, &of_two)]);
    let times = |more: &[Vec<u8>]| {
        let packets = rest(&mut *open_bytes(film(&[tracks(&[track(2, "A_VORBIS", more)]), clusters.clone()])));
        packets.into_iter().map(|packet| packet.pts_us).collect::<Vec<_>>()
    };
    assert_eq!(times(&[number(ids::DEFAULT_DURATION, 20_000_000)]), [0, 20_000, 50_000, 70_000]);
    assert_eq!(
        times(&[]),
        [0, 25_000, 50_000, 75_000],
        "spread until the next block, and the last like the one before"
    );
}

#[test]
fn an_index_that_is_wrong_is_found_out() {
    let head = tracks(&[video("V_VP8", &[])]);
    let first = cluster(0, &[block(1, 0, KEY, b"a"), block(1, 40, 0, b"b")]);
    let second = cluster(1000, &[block(1, 0, KEY, b"c"), block(1, 40, KEY, b"d"), block(1, 80, 0, b"e")]);
    let place = (head.len() + cues(&[(0, 0, 0)]).len() + first.len()) as u64;
    let wrong = [
        // In a cluster, but not at a block; at another block; at no cluster; beyond the end.
        cues(&[(1040, place, 3)]),
        cues(&[(1040, place, number(ids::TIMESTAMP, 0).len() as u64)]),
        cues(&[(1040, 5, 0)]),
        cues(&[(1040, u64::MAX, u64::MAX)]),
    ];
    for cues in wrong {
        let mut film = open_bytes(film(&[head.clone(), cues, first.clone(), second.clone()]));
        assert_eq!(film.keyframes().unwrap(), [1040]);
        assert_eq!(film.keyframe(1100).unwrap().data, b"d");
        film.seek(1100).unwrap();
        assert_eq!(film.next().unwrap().unwrap().data, b"d");
    }
}

#[test]
fn a_time_is_found_without_an_index_in_few_reads() {
    let clusters: Vec<_> = (0..1000).map(|second| cluster(second * 1000, &[block(1, 0, KEY, &[7; 1500])])).collect();
    for clusters in [clusters.clone(), clusters.into_iter().map(|cluster| unknown_size(cluster, 4)).collect()] {
        let about = all(ids::INFO, &[element(ids::DURATION, 1_000_000_f64.to_be_bytes())]);
        let parts = [about, tracks(&[video("V_VP8", &[])]), clusters.concat()];
        let (mut film, reads) = open_bytes_counted(film(&parts));
        assert_eq!(film.keyframe(790_100).unwrap().pts_us, 790_000_000);
        film.seek(123_999).unwrap();
        assert_eq!(film.next().unwrap().unwrap().pts_us, 123_000_000);
        let times = reads.times.load(Ordering::Relaxed);
        assert!(times < 40, "{times}");
    }
}

#[test]
fn a_look_at_a_key_frame_keeps_what_is_left_of_a_block() {
    let clusters = cluster(0, &[block(2, 0, 0x84, &[1, 5, 6]), block(1, 0, KEY, b"a")]);
    let mut film = open_bytes(film(&[tracks(&[video("V_VP8", &[]), track(2, "A_VORBIS", &[])]), clusters]));
    assert_eq!(film.next().unwrap().unwrap().data, [5]);
    assert_eq!(film.keyframe(0).unwrap().data, b"a");
    assert_eq!(film.next().unwrap().unwrap().data, [6]);
}

#[test]
fn damage_is_jumped_over() {
    let junk = vec![0; 3000];
    let clusters = [cluster(0, &[block(1, 0, KEY, b"a")]), junk, cluster(40, &[block(1, 0, KEY, b"b")])];
    let packets = rest(&mut *open_bytes(film(&[tracks(&[video("V_VP8", &[])]), clusters.concat()])));
    assert_eq!(of_track(&packets, 0), [(0, true, 1), (40_000, true, 1)]);
}

#[test]
fn a_film_that_is_cut_off_ends_before_the_cut() {
    let bytes =
        film(&[tracks(&[video("V_VP8", &[])]), cluster(0, &[block(1, 0, KEY, b"a"), block(1, 40, 0, b"bcdef")])]);
    let mut film = open_bytes(bytes[..bytes.len() - 2].to_vec());
    assert_eq!(of_track(&rest(&mut *film), 0), [(0, true, 1)]);
    assert_eq!(film.keyframe(40).unwrap().data, b"a");
}

#[test]
fn sizes_that_are_claimed_are_not_believed() {
    let huge = [vec![0xA3, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], vec![0x81, 0, 0, 0]].concat();
    let bytes = film(&[tracks(&[video("V_VP8", &[])]), cluster(0, &[huge])]);
    let mut film = open_bytes(bytes);
    assert_eq!(film.next().unwrap(), None);
    assert!(film.keyframe(0).is_err());
}

#[test]
fn how_pictures_are_shown() {
    let shown = |about: &[Vec<u8>]| {
        let size = [number(ids::PIXEL_WIDTH, 720), number(ids::PIXEL_HEIGHT, 576)].concat();
        let about = all(ids::VIDEO, &[size, about.concat()]);
        let film = open_bytes(film(&[tracks(&[video("V_VP8", &[about])])]));
        let video = picture(film.info()).clone();
        (video.pixel_aspect, video.rotation, video.display_size())
    };
    let size = |width, height| [number(ids::DISPLAY_WIDTH, width), number(ids::DISPLAY_HEIGHT, height)].concat();
    assert_eq!(shown(&[]), ((1, 1), Rotation::None, (720, 576)));
    assert_eq!(shown(&[size(1024, 576)]), ((64, 45), Rotation::None, (1024, 576)));
    assert_eq!(shown(&[size(16, 9), number(ids::DISPLAY_UNIT, 3)]).0, (64, 45));
    assert_eq!(shown(&[size(16, 9), number(ids::DISPLAY_UNIT, 4)]).0, (1, 1));
    assert_eq!(shown(&[size(0, 9)]).0, (1, 1));
    let crop = [number(ids::PIXEL_CROP_TOP, 40), number(ids::PIXEL_CROP_BOTTOM, 40)].concat();
    assert_eq!(shown(&[crop, size(720, 496)]).0, (1, 1), "the shape is that of what is left");
    let turned = |degrees: f32| {
        let roll = element(ids::PROJECTION_POSE_ROLL, degrees.to_be_bytes());
        shown(&[all(ids::PROJECTION, &[roll])]).1
    };
    assert_eq!(
        [0.0, 90.0, 180.0, -90.0].map(turned),
        [Rotation::None, Rotation::Left, Rotation::Half, Rotation::Right]
    );
}

#[test]
fn codecs_by_older_names() {
    let audio = |codec: &str, private: &[u8]| {
        let rate = element(ids::SAMPLING_FREQUENCY, 44_100_f32.to_be_bytes());
        let about = all(ids::AUDIO, &[rate, number(ids::CHANNELS, 2)]);
        let film = open_bytes(film(&[tracks(&[track(2, codec, &[about, element(ids::CODEC_PRIVATE, private)])])]));
        let (_, audio) = film.info().sound().unwrap();
        assert_eq!((audio.sample_rate, audio.channels), (44_100, 2));
        (audio.codec.clone(), audio.config.clone())
    };
    assert_eq!(audio("A_AAC/MPEG4/LC", b""), (AudioCodec::Aac, vec![0x12, 0x10]));
    assert_eq!(audio("A_AAC/MPEG2/MAIN", b""), (AudioCodec::Aac, vec![0x0A, 0x10]));
    assert_eq!(audio("A_OPUS", b"OpusHead\x01\x02"), (AudioCodec::Opus, vec![1, 2]));
    assert_eq!(audio("A_FLAC", b"fLaC\x80\0"), (AudioCodec::Flac, vec![0x80, 0]));
    assert_eq!(audio("A_DTS", b""), (AudioCodec::Other("A_DTS".into()), vec![]));
    let bitmap = [vec![0; 16], b"H264".to_vec(), vec![0; 20]].concat();
    let film = open_bytes(film(&[tracks(&[video("V_MS/VFW/FOURCC", &[element(ids::CODEC_PRIVATE, bitmap)])])]));
    assert_eq!((&picture(film.info()).codec, picture(film.info()).config.len()), (&VideoCodec::H264, 0));
}

#[test]
fn what_cannot_be_undone_is_named() {
    let encoding = all(ids::CONTENT_ENCODING, &[number(ids::CONTENT_ENCODING_TYPE, 1)]);
    let entry = video("V_VP8", &[all(ids::CONTENT_ENCODINGS, &[encoding])]);
    let film = open_bytes(film(&[tracks(&[entry])]));
    assert_eq!(picture(film.info()).codec, VideoCodec::Other("encrypted V_VP8".into()));
}

#[test]
fn words_of_older_webm_lose_their_settings() {
    let entry = track(0x11, "D_WEBVTT/SUBTITLES", &[]);
    let clusters = cluster(0, &[block(2, 0, KEY, b"one\nline:0\nHello\nworld")]);
    let mut film = open_bytes(film(&[tracks(&[entry]), clusters]));
    assert!(matches!(&film.info().tracks[0].kind, Kind::Subtitle(words) if words.format == SubtitleFormat::WebVtt));
    assert_eq!(film.next().unwrap().unwrap().data, b"Hello\nworld");
}

#[test]
fn chapters_in_chapters_and_hidden_ones() {
    let atom = |start_ms: u64, title: &str, more: &[Vec<u8>]| {
        let display = all(ids::CHAPTER_DISPLAY, &[element(ids::CHAP_STRING, title)]);
        all(ids::CHAPTER_ATOM, &[number(ids::CHAPTER_TIME_START, start_ms * 1_000_000), display, more.concat()])
    };
    let hidden = atom(2, "hidden", &[number(ids::CHAPTER_FLAG_HIDDEN, 1), atom(3, "in it", &[])]);
    let edition =
        all(ids::EDITION_ENTRY, &[atom(5, "B", &[atom(6, &"x".repeat(300), &[])]), hidden, atom(1, "A", &[])]);
    let other = all(ids::EDITION_ENTRY, &[atom(9, "of another edition", &[])]);
    let film = open_bytes(film(&[all(ids::CHAPTERS, &[edition, other]), tracks(&[video("V_VP8", &[])])]));
    let chapters: Vec<_> = film.info().chapters.iter().map(|chapter| (chapter.start_ms, &*chapter.title)).collect();
    assert_eq!(chapters, [(1, "A"), (5, "B"), (6, &*"x".repeat(200))]);
}
