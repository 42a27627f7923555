//! Given packets, what is in the fragments?

use super::*;
use crate::info::{AudioCodec, AudioTrack, Colour, Container, Info, Rotation, VideoTrack};
use std::collections::VecDeque;

/// A film that is in memory: its packets in the order of the file.
struct Film {
    info: Info,
    packets: Vec<Packet>,
    left: VecDeque<Packet>,
    /// Whether the file cannot be read to its end.
    torn: bool,
}

impl Demuxer for Film {
    fn info(&self) -> &Info {
        &self.info
    }

    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        Ok(Vec::new())
    }

    fn keyframe(&mut self, _at_ms: u64) -> Result<Packet, Error> {
        self.packets
            .iter()
            .find(|packet| packet.track == 0 && packet.key)
            .cloned()
            .ok_or(Error::Damaged("no key frame"))
    }

    fn seek(&mut self, at_ms: u64) -> Result<(), Error> {
        let before = |packet: &Packet| packet.track == 0 && packet.key && packet.pts_us <= at_ms.cast_signed() * 1000;
        let from = self.packets.iter().rposition(before).unwrap_or(0);
        self.left = self.packets[from..].to_vec().into();
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        match self.left.pop_front() {
            None if self.torn => Err(Error::Damaged("the file ends too early")),
            packet => Ok(packet),
        }
    }
}

fn track(kind: Kind) -> Track {
    Track { number: 1, language: String::new(), title: String::new(), default: true, kind }
}

fn film(packets: Vec<Packet>) -> Film {
    let video = VideoTrack {
        codec: VideoCodec::H264,
        config: vec![1, 100, 0, 40],
        codec_string: "avc1.640028".to_owned(),
        width: 64,
        height: 36,
        pixel_aspect: (1, 1),
        rotation: Rotation::None,
        frame_rate_mhz: 25_000,
        colour: Colour::UNSPECIFIED,
    };
    let audio = AudioTrack {
        codec: AudioCodec::Aac,
        config: vec![0x11, 0x90],
        codec_string: "mp4a.40.2".to_owned(),
        sample_rate: 48_000,
        channels: 2,
    };
    let info = Info {
        container: Container::Matroska,
        duration_ms: 10_000,
        created_at_ms: None,
        title: String::new(),
        tracks: vec![track(Kind::Video(video)), track(Kind::Audio(audio))],
        chapters: Vec::new(),
    };
    Film { info, left: packets.clone().into(), packets, torn: false }
}

/// Ten seconds: 25 frames a second, a key frame every 2 s, one frame of each three stored before those shown before it,
/// and sound every 20 ms.
fn ten_seconds() -> Vec<Packet> {
    let mut packets = Vec::new();
    for index in 0..250_i64 {
        let in_group = index % 50;
        let shown = match in_group {
            0 | 49 => in_group,
            _ if in_group % 3 == 1 => in_group + 2,
            _ => in_group - 1,
        };
        let shown = index - in_group + shown;
        packets.push(Packet {
            track: 0,
            pts_us: shown * 40_000,
            duration_us: Some(40_000),
            key: in_group == 0,
            data: vec![u8::try_from(index).unwrap(); 100],
        });
        for sound in 0..2 {
            let pts_us = index * 40_000 + sound * 20_000;
            packets.push(Packet { track: 1, pts_us, duration_us: Some(20_000), key: true, data: vec![0xaa; 10] });
        }
    }
    packets
}

/// One row of a `trun`, with its times added up.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Row {
    track: u32,
    dts: u64,
    pts: i64,
    duration: u32,
    key: bool,
    data: Vec<u8>,
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The boxes in a row: their names and bodies.
fn boxes(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (one, rest) = bytes.split_at(number(bytes, 0) as usize);
        found.push((&one[4..8], &one[8..]));
        bytes = rest;
    }
    found
}

fn rows(fragment: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    let moof = boxes(fragment)[0];
    assert_eq!(moof.0, b"moof");
    for (_, traf) in boxes(moof.1).into_iter().skip(1) {
        let parts = boxes(traf);
        let (tfhd, tfdt, trun) = (parts[0].1, parts[1].1, parts[2].1);
        let mut dts = u64::from_be_bytes(tfdt[4..12].try_into().unwrap());
        let mut at = number(trun, 8) as usize;
        for index in 0..number(trun, 4) as usize {
            let row = &trun[12 + 16 * index..];
            let len = number(row, 4) as usize;
            let pts = dts.cast_signed() + i64::from(number(row, 12).cast_signed());
            let key = number(row, 8) == 0x0200_0000;
            let data = fragment[at..at + len].to_vec();
            rows.push(Row { track: number(tfhd, 4), dts, pts, duration: number(row, 0), key, data });
            at += len;
            dts += u64::from(number(row, 0));
        }
    }
    rows
}

fn remuxer(film: Film) -> Remuxer {
    let plan = plan(film.info()).unwrap();
    Remuxer::new(Box::new(film), plan)
}

fn fragments(remuxer: &mut Remuxer) -> Vec<Vec<Row>> {
    std::iter::from_fn(|| remuxer.next_fragment().unwrap()).map(|fragment| rows(&fragment)).collect()
}

fn picture(rows: &[Vec<Row>]) -> Vec<Row> {
    rows.concat().into_iter().filter(|row| row.track == 1).collect()
}

#[test]
fn every_packet_comes_out_as_it_went_in() {
    let packets = ten_seconds();
    let rows = fragments(&mut remuxer(film(packets.clone())));
    assert_eq!(rows.len(), 10, "a fragment a second");
    for (track, number) in [(0, 1), (1, 2)] {
        let given = packets.iter().filter(|packet| packet.track == track);
        let given: Vec<_> = given.map(|packet| (packet.pts_us, packet.key, packet.data.clone())).collect();
        let out = rows.concat().into_iter().filter(|row| row.track == number);
        assert_eq!(out.map(|row| (row.pts, row.key, row.data)).collect::<Vec<_>>(), given);
    }
    let times: Vec<u64> = picture(&rows).iter().map(|row| row.dts).collect();
    assert_eq!(times, (0..250).map(|index| index * 40_000).collect::<Vec<_>>());
    assert!(rows.concat().iter().all(|row| row.duration == if row.track == 1 { 40_000 } else { 20_000 }));
}

#[test]
fn a_seek_begins_with_the_key_frame_before_at_its_true_time() {
    let mut remuxer = remuxer(film(ten_seconds()));
    remuxer.next_fragment().unwrap();
    remuxer.seek(7300).unwrap();
    let picture = picture(&fragments(&mut remuxer));
    assert_eq!((picture[0].pts, picture[0].dts, picture[0].key, picture.len()), (6_000_000, 6_000_000, true, 100));
}

#[test]
fn frames_that_need_what_was_not_read_are_dropped() {
    let mut packets = ten_seconds();
    let stray = |pts_us, key| Packet { track: 0, pts_us, duration_us: None, key, data: vec![1] };
    packets.insert(0, stray(500_000, false));
    packets.insert(2, stray(-40_000, false));
    assert_eq!(picture(&fragments(&mut remuxer(film(packets)))).len(), 250);
}

#[test]
fn a_file_that_ends_too_early_gives_all_it_has_and_then_says_so() {
    let mut film = film(ten_seconds());
    film.torn = true;
    let mut remuxer = remuxer(film);
    let mut frames = 0;
    let error = loop {
        match remuxer.next_fragment() {
            Ok(Some(fragment)) => frames += rows(&fragment).iter().filter(|row| row.track == 1).count(),
            Ok(None) => panic!("it is not said that the file is torn"),
            Err(error) => break error,
        }
    };
    assert_eq!((frames, error.to_string().as_str()), (250, "the file ends too early"));
    assert!(remuxer.next_fragment().unwrap().is_none());
}

#[test]
fn fragments_stay_small_in_time_and_in_bytes() {
    let mut packets = ten_seconds();
    for packet in packets.iter_mut().filter(|packet| packet.track == 0) {
        packet.data = vec![0; 4 << 20];
    }
    let mut remuxer = remuxer(film(packets));
    let mut most = 0;
    while let Some(fragment) = remuxer.next_fragment().unwrap() {
        most = most.max(fragment.len());
    }
    assert!(most <= FRAGMENT_BYTES + 4096, "{most}");
}

#[test]
fn a_picture_alone_goes_out_without_sound() {
    let mut film = film(ten_seconds());
    film.info.tracks[1] = track(Kind::Audio(AudioTrack {
        codec: AudioCodec::Other("DTS".to_owned()),
        config: Vec::new(),
        codec_string: "DTS".to_owned(),
        sample_rate: 48_000,
        channels: 6,
    }));
    let made = plan(film.info()).unwrap();
    let expected = (None, Some("DTS".to_owned()), "video/mp4; codecs=\"avc1.640028\"");
    assert_eq!((made.sound, made.left_out.clone(), made.mime.as_str()), expected);
    let mut remuxer = Remuxer::new(Box::new(film), made);
    assert!(fragments(&mut remuxer).concat().iter().all(|row| row.track == 1));
}

#[test]
fn what_has_no_form_in_an_mp4_is_refused_with_its_name() {
    let mut film = film(Vec::new());
    if let Kind::Video(video) = &mut film.info.tracks[0].kind {
        (video.codec, video.codec_string) = (VideoCodec::Other("XVID".to_owned()), "XVID".to_owned());
    }
    assert_eq!(plan(film.info()).unwrap_err().to_string(), "XVID in an MP4 file for browsers is not supported");
    film.info.tracks.clear();
    assert_eq!(plan(film.info()).unwrap_err().to_string(), "a file without a picture is not supported");
}

#[test]
fn mp3_goes_out_as_it_is_from_the_time_asked_for() {
    let mut film = film(ten_seconds());
    if let Kind::Audio(audio) = &mut film.info.tracks[1].kind {
        (audio.codec, audio.codec_string) = (AudioCodec::Mp3, "mp4a.6B".to_owned());
    }
    let made = plan(film.info()).unwrap();
    let mut sound = Mp3::new(Box::new(film), &made, 8490).unwrap();
    assert_eq!(sound.begins_us(), Some(8_500_000));
    let pieces: Vec<usize> = std::iter::from_fn(|| sound.next_piece().unwrap()).map(|piece| piece.len()).collect();
    assert_eq!(pieces, [500, 250]);
    let with_aac = self::film(ten_seconds());
    assert!(Mp3::new(Box::new(with_aac), &made, 0).is_err());
}

/// What our own reader finds in what came out.
fn read_again(name: &str) -> (Vec<Packet>, Vec<Packet>) {
    let film = crate::clips::open(name);
    let made = plan(film.info()).unwrap();
    let tracks = [Some(made.picture), made.sound];
    let mut remuxer = Remuxer::new(film, made);
    let mut bytes = remuxer.init().unwrap();
    remuxer.seek(0).unwrap();
    while let Some(fragment) = remuxer.next_fragment().unwrap() {
        bytes.extend(fragment);
    }
    let again = crate::clips::rest(&mut *crate::clips::open_bytes(bytes));
    let given = crate::clips::rest(&mut *crate::clips::open(name));
    let numbered = given.into_iter().filter(|packet| packet.pts_us >= 0).filter_map(|packet| {
        let track = tracks.iter().position(|track| *track == Some(packet.track))?;
        Some(Packet { track, ..packet })
    });
    (numbered.collect(), again)
}

#[test]
fn clips_come_out_with_the_same_frames_at_the_same_times() {
    for name in [
        "h264.mkv",
        "h264.mp4",
        "fragmented.mp4",
        "no-cues.mkv",
        "vp9.webm",
        "av1.webm",
        "hevc.mkv",
        "variable-rate.mp4",
    ] {
        let (given, again) = read_again(name);
        for track in [0, 1] {
            let of = |packets: &[Packet]| {
                let packets = packets.iter().filter(|packet| packet.track == track);
                packets.map(|packet| (packet.pts_us, packet.key, packet.data.clone())).collect::<Vec<_>>()
            };
            let (given, again) = (of(&given), of(&again));
            assert_eq!(again.len(), given.len(), "{name} {track}");
            for (given, again) in given.into_iter().zip(again) {
                assert!(given.0.abs_diff(again.0) <= 1 && given.1 == again.1 && given.2 == again.2, "{name} {track}");
            }
        }
    }
}

#[test]
fn frames_with_start_codes_get_lengths_and_a_record_of_their_parameter_sets() {
    let (given, again) = read_again("h264.avi");
    let pictures = |packets: &[Packet]| packets.iter().filter(|packet| packet.track == 0).count();
    assert_eq!((pictures(&again), pictures(&given)), (100, 100));
    let mut data = again.iter().find(|packet| packet.track == 0).unwrap().data.as_slice();
    while !data.is_empty() {
        data = data.split_at(4 + number(data, 0) as usize).1;
    }
}

#[test]
fn the_order_of_showing_is_read_from_the_stream() {
    let mp4 = crate::clips::open("h264.mp4");
    let (_, video) = mp4.info().picture().unwrap();
    let sets: Vec<u8> = annex_b_sets(&video.config);
    let frames = crate::clips::rest(&mut *crate::clips::open("h264.mp4"));
    let frames: Vec<_> = frames.into_iter().filter(|packet| packet.track == 0).collect();
    let head = h264::Head::read(&[sets, annex_b(&frames[0].data)].concat()).unwrap();
    assert_eq!(head.config[..4], video.config[..4]);
    let mut order = h264::Order::new(&head);
    let mut lane = Lane::new(REORDERED);
    for (index, frame) in frames.iter().enumerate() {
        let place = order.place(&annex_b(&frame.data));
        lane.push(Packet { pts_us: index as i64 * 40_000, ..frame.clone() }, place);
    }
    let shown: Vec<i64> = std::iter::from_fn(|| lane.pop(true)).map(|sample| sample.pts_us).collect();
    assert!(!shown.is_sorted(), "the clip has frames that are stored before those shown before them");
    assert_eq!(shown, frames.iter().map(|frame| frame.pts_us).collect::<Vec<_>>());
}

/// A frame with start codes in place of lengths.
fn annex_b(mut frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while !frame.is_empty() {
        let (unit, rest) = frame[4..].split_at(number(frame, 0) as usize);
        out.extend([&[0, 0, 0, 1], unit].concat());
        frame = rest;
    }
    out
}

/// The two parameter sets of an `avcC`.
fn annex_b_sets(config: &[u8]) -> Vec<u8> {
    let sps_len = usize::from(u16::from_be_bytes([config[6], config[7]]));
    let (sps, rest) = config[8..].split_at(sps_len);
    let pps_len = usize::from(u16::from_be_bytes([rest[1], rest[2]]));
    [&[0, 0, 0, 1], sps, &[0, 0, 0, 1], &rest[3..3 + pps_len]].concat()
}
