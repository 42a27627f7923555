//! Clips as ffprobe describes them, and films made by hand for what it does not write.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::clips::{kinds, of_track, open, open_bytes, open_counted, picture, rest};
use crate::info::{AudioCodec, Container, VideoCodec};
use std::sync::atomic::Ordering;

#[test]
fn a_film_with_an_index() {
    let mut film = open("h264.avi");
    let info = film.info();
    assert_eq!((info.container, info.duration_ms, kinds(info).as_str()), (Container::Avi, 4104, "va"));
    let video = picture(info);
    assert_eq!((&video.codec, video.codec_string.as_str()), (&VideoCodec::H264, "avc1.64000C"));
    assert_eq!((video.width, video.height, video.frame_rate_mhz, video.config.len()), (320, 180, 25_000, 0));
    let (_, audio) = info.sound().unwrap();
    assert_eq!((&audio.codec, audio.sample_rate, audio.channels), (&AudioCodec::Mp3, 16_000, 1));
    assert_eq!(film.keyframes().unwrap(), [0, 1080, 2080, 3080], "two frames are shown longer");
    let packets = rest(&mut *film);
    let keys: Vec<_> = of_track(&packets, 0).into_iter().filter(|(_, key, _)| *key).collect();
    assert_eq!(keys, [(0, true, 1523), (1_080_000, true, 1301), (2_080_000, true, 1403), (3_080_000, true, 1522)]);
    assert_eq!((of_track(&packets, 0).len(), of_track(&packets, 1).len()), (100, 114));
    assert_eq!(of_track(&packets, 1)[1].0, 36_000);
}

#[test]
fn a_recording_that_broke_off() {
    let mut whole = open("h264.avi");
    let mut broken = open("no-index.avi");
    assert_eq!(broken.info(), whole.info());
    assert_eq!(broken.keyframes().unwrap(), []);
    for at_ms in [0, 500, 600, 2080, 9999] {
        assert_eq!(broken.keyframe(at_ms).unwrap(), whole.keyframe(at_ms).unwrap());
        broken.seek(at_ms).unwrap();
        whole.seek(at_ms).unwrap();
        assert_eq!(broken.next().unwrap(), whole.next().unwrap());
    }
    broken.seek(0).unwrap();
    whole.seek(0).unwrap();
    assert_eq!(rest(&mut *broken), rest(&mut *whole));
}

#[test]
fn key_frames_near_and_before() {
    let mut film = open("h264.avi");
    let near = [0, 539, 541, 9999].map(|at_ms| film.keyframe(at_ms).unwrap().pts_us);
    assert_eq!(near, [0, 0, 1_080_000, 3_080_000]);
    let before = [1079, 1080, 9999].map(|at_ms| {
        film.seek(at_ms).unwrap();
        film.next().unwrap().unwrap().pts_us
    });
    assert_eq!(before, [0, 1_080_000, 3_080_000]);
}

#[test]
fn pictures_that_stand_alone_are_all_key_frames() {
    let mut film = open("mjpeg.avi");
    assert_eq!(picture(film.info()).codec, VideoCodec::Mjpeg);
    assert_eq!(film.keyframes().unwrap(), [0, 1000, 2000, 3000]);
    let packet = film.keyframe(2100).unwrap();
    assert_eq!((packet.pts_us, packet.duration_us, packet.data.len()), (2_000_000, Some(1_000_000), 3149));
    assert!(packet.data.starts_with(&[0xFF, 0xD8]));
    let sound = of_track(&rest(&mut *film), 1);
    let bytes_us = |bytes: usize| (bytes as i64) * 1_000_000 / 8000;
    assert_eq!(sound[1].0, bytes_us(sound[0].2), "sound is as long as its bytes");
    assert_eq!(sound.iter().map(|(_, _, len)| len).sum::<usize>(), 8000);
}

#[test]
fn other_codecs_keep_their_name() {
    let mut film = open("xvid.avi");
    let video = picture(film.info());
    assert_eq!((&video.codec, video.codec_string.as_str()), (&VideoCodec::Other("XVID".into()), "XVID"));
    assert_eq!(film.keyframes().unwrap(), [0, 1000]);
}

#[test]
fn little_is_read() {
    let (_, reads) = open_counted("h264.avi");
    assert!(reads.times.load(Ordering::Relaxed) <= 4, "the first bytes, the head in two, the first frame");
    assert!(reads.bytes.load(Ordering::Relaxed) < 30_000);
}

/// A chunk with a body.
fn chunk(name: &[u8; 4], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let padding = vec![0; body.len() % 2];
    [name.as_slice(), &(body.len() as u32).to_le_bytes(), body, &padding].concat()
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", [kind.as_slice(), &chunks.concat()].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The head of a stream of pictures, ten a second, with more chunks in it.
fn pictures(fourcc: &[u8; 4], more: &[Vec<u8>]) -> Vec<u8> {
    let header = [b"vids".to_vec(), fourcc.to_vec(), words(&[0, 0, 0, 1, 10, 0, 3, 0, 0, 0, 0, 0])].concat();
    let format = [words(&[40, 64, 48, 0x0018_0001]), fourcc.to_vec(), words(&[0; 5])].concat();
    list(b"strl", &[chunk(b"strh", header), chunk(b"strf", format), more.concat()])
}

fn film(stream: Vec<u8>, rest: &[Vec<u8>]) -> Vec<u8> {
    let info = list(b"INFO", &[chunk(b"INAM", "A name\0")]);
    chunk(b"RIFF", [b"AVI ".to_vec(), list(b"hdrl", &[stream]), info, rest.concat()].concat())
}

/// Three frames of different lengths.
fn movi() -> Vec<u8> {
    list(b"movi", &[chunk(b"00dc", b"a"), chunk(b"00dc", b"bb"), chunk(b"00dc", b"ccc")])
}

/// Their index, counted from a place, with a key frame at the beginning and the end.
fn idx1(from: u32) -> Vec<u8> {
    let entry = |flags: u32, offset: u32, size: u32| [b"00dc".to_vec(), words(&[flags, from + offset, size])].concat();
    chunk(b"idx1", [entry(0x10, 4, 1), entry(0, 14, 2), entry(0x10, 24, 3)].concat())
}

#[test]
fn an_index_counts_from_the_frames_or_from_the_beginning() {
    let begin = film(pictures(b"XVID", &[]), &[]).len() as u32 + 8;
    for from in [0, begin] {
        let mut film = open_bytes(film(pictures(b"XVID", &[]), &[movi(), idx1(from)]));
        assert_eq!((film.info().title.as_str(), film.info().duration_ms), ("A name", 300));
        assert_eq!(film.keyframes().unwrap(), [0, 200]);
        assert_eq!(of_track(&rest(&mut *film), 0), [(0, true, 1), (100_000, false, 2), (200_000, true, 3)]);
        assert_eq!(film.keyframe(150).unwrap().data, b"ccc");
    }
}

#[test]
fn an_index_that_is_wrong_is_not_used() {
    let mut film = open_bytes(film(pictures(b"XVID", &[]), &[movi(), idx1(77)]));
    assert_eq!(film.keyframes().unwrap(), []);
    assert_eq!(film.keyframe(0).unwrap().data, b"a");
    assert_eq!(rest(&mut *film).len(), 3);
}

#[test]
fn a_large_film_has_indexes_of_indexes() {
    let begin = |super_index: Vec<u8>| film(pictures(b"XVID", &[super_index]), &[]).len();
    let index_of = |place: usize| {
        let head = [vec![4, 0, 0, 0], words(&[1]), b"00dc".to_vec(), words(&[0; 3])].concat();
        chunk(b"indx", [head, words(&[place as u32, 0, 48, 3])].concat())
    };
    let frames = begin(index_of(0)) + 12;
    let standard = |frames: usize| {
        let head = [vec![2, 0, 0, 1], words(&[3]), b"00dc".to_vec(), words(&[frames as u32, 0, 0])].concat();
        chunk(b"ix00", [head, words(&[8, 1, 18, 2 | 0x8000_0000, 28, 3])].concat())
    };
    let place = frames + movi().len() - 12;
    let mut film = open_bytes(film(pictures(b"XVID", &[index_of(place)]), &[movi(), standard(frames)]));
    assert_eq!(film.keyframes().unwrap(), [0, 200]);
    assert_eq!(of_track(&rest(&mut *film), 0), [(0, true, 1), (100_000, false, 2), (200_000, true, 3)]);
}

#[test]
fn further_parts_are_read_without_an_index_of_them() {
    let more = chunk(b"RIFF", [b"AVIX".to_vec(), list(b"movi", &[list(b"rec ", &[chunk(b"00dc", b"dddd")])])].concat());
    let mut film = open_bytes([film(pictures(b"XVID", &[]), &[movi(), idx1(0)]), more].concat());
    assert_eq!(of_track(&rest(&mut *film), 0)[3], (300_000, false, 4));
}

#[test]
fn an_index_that_calls_every_frame_a_key_frame_is_checked() {
    let frames = [b"\0\0\x01\x65", b"\0\0\x01\x41", b"\0\0\x01\x65"];
    let movi = list(b"movi", &frames.map(|frame| chunk(b"00dc", frame)));
    let entry = |offset: u32| [b"00dc".to_vec(), words(&[0x10, offset, 4])].concat();
    let idx1 = chunk(b"idx1", [entry(4), entry(16), entry(28)].concat());
    let mut film = open_bytes(film(pictures(b"H264", &[]), &[movi, idx1]));
    assert_eq!(film.keyframes().unwrap(), []);
    film.seek(199).unwrap();
    let keys: Vec<_> = of_track(&rest(&mut *film), 0).into_iter().map(|(_, key, _)| key).collect();
    assert_eq!(keys, [true, false, true]);
}

#[test]
fn the_shape_of_the_picture_gives_that_of_a_pixel() {
    let wide = words(&[0, 0, 0, 0, 0, 16 << 16 | 9, 64, 48, 0]);
    let film = open_bytes(film(pictures(b"XVID", &[chunk(b"vprp", wide)]), &[movi()]));
    assert_eq!(picture(film.info()).pixel_aspect, (4, 3));
}
