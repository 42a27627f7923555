//! Films made by hand: what clips of a tidy encoder do not have.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::clips::{of_track, open_bytes, picture, rest};
use crate::demux::Demuxer;
use crate::info::{AudioCodec, AudioTrack, Colour, Kind, Rotation, VideoCodec};
use crate::source::Source;

fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], name, &body].concat()
}

/// Numbers of four bytes.
fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A box that begins with a version and flags, and has numbers of four bytes.
fn table(name: &[u8; 4], first: u32, numbers: &[u32]) -> Vec<u8> {
    boxed(name, &[&words(&[first]), &words(numbers)])
}

const UPRIGHT: [i32; 4] = [0x1_0000, 0, 0, 0x1_0000];

/// What differs between films.
struct Film {
    matrix: [i32; 4],
    screen: (u32, u32),
    created_at: u32,
    language: u32,
    handler: &'static [u8; 4],
    entry: Vec<u8>,
    tables: Vec<u8>,
    edits: Vec<u8>,
    more: Vec<u8>,
}

impl Default for Film {
    fn default() -> Self {
        Self {
            matrix: UPRIGHT,
            screen: (320, 180),
            created_at: 0,
            language: 0x55c4_0000,
            handler: b"vide",
            entry: video(b"jpeg", (320, 180), &[]),
            tables: samples(&[1, 2, 3]),
            edits: Vec::new(),
            more: Vec::new(),
        }
    }
}

impl Film {
    /// 28 bytes of `ftyp` and the head of `mdat`, 100 bytes of which each is its number, then `moov`.
    fn bytes(&self) -> Vec<u8> {
        let [a, b, c, d] = self.matrix.map(i32::cast_unsigned);
        let place = [0, 0, 0, 0, a, b, 0, c, d, 0, 0, 0, 0x4000_0000, self.screen.0 << 16, self.screen.1 << 16];
        let tkhd = table(b"tkhd", 1, &[&[0, 0, 1, 0, 0], &place[..]].concat());
        let stsd = boxed(b"stsd", &[&words(&[0, 1]), &self.entry]);
        let stbl = boxed(b"stbl", &[&stsd, &self.tables]);
        let mdhd = table(b"mdhd", 0, &[0, 0, 1000, 0, self.language]);
        let hdlr = boxed(b"hdlr", &[&words(&[0, 0]), self.handler, &[0; 13]]);
        let mdia = boxed(b"mdia", &[&mdhd, &hdlr, &boxed(b"minf", &[&stbl])]);
        let mvhd = table(b"mvhd", 0, &[self.created_at, 0, 600, 0]);
        let trak = boxed(b"trak", &[&tkhd, &self.edits, &mdia]);
        let moov = boxed(b"moov", &[&mvhd, &trak, &self.more]);
        let data: Vec<u8> = (0..100).collect();
        [boxed(b"ftyp", &[b"isom", &[0; 8]]), boxed(b"mdat", &[&data]), moov].concat()
    }

    fn open(&self) -> Box<dyn Demuxer> {
        open_bytes(self.bytes())
    }
}

fn video(name: &[u8; 4], (width, height): (u16, u16), more: &[u8]) -> Vec<u8> {
    boxed(name, &[&[0; 24], &width.to_be_bytes(), &height.to_be_bytes(), &[0; 50], more])
}

/// Samples of these sizes in one chunk, 100 ms each.
fn samples(sizes: &[u32]) -> Vec<u8> {
    let count = u32::try_from(sizes.len()).unwrap();
    let stts = table(b"stts", 0, &[1, count, 100]);
    let stsz = table(b"stsz", 0, &[&[0, count], sizes].concat());
    [stts, stsz, table(b"stsc", 0, &[1, 1, count, 1]), table(b"stco", 0, &[1, 28])].concat()
}

/// Times in ms and data of all packets.
fn packets(film: &Film) -> Vec<(i64, Vec<u8>)> {
    rest(&mut *film.open()).into_iter().map(|packet| (packet.pts_us / 1000, packet.data)).collect()
}

#[test]
fn chunks_in_runs_and_sizes_of_half_a_byte_are_followed() {
    let stts = table(b"stts", 0, &[2, 2, 100, 3, 200]);
    let ctts = table(b"ctts", 0x0100_0000, &[2, 1, 50, 4, (-50_i32).cast_unsigned()]);
    let stz2 = boxed(b"stz2", &[&words(&[0, 4, 5]), &[0x12, 0x34, 0x50]]);
    let stsc = table(b"stsc", 0, &[2, 1, 1, 1, 3, 2, 1]);
    let co64 = table(b"co64", 0, &[4, 0, 38, 0, 28, 0, 58, 0, 78]);
    let stss = table(b"stss", 0, &[2, 1, 4]);
    let film = Film { tables: [stts, ctts, stz2, stsc, co64, stss].concat(), ..Film::default() };
    let known = vec![
        (50, vec![10]),
        (50, vec![0, 1]),
        (150, vec![30, 31, 32]),
        (350, vec![33, 34, 35, 36]),
        (550, vec![50, 51, 52, 53, 54]),
    ];
    let mut found = packets(&film);
    found.sort();
    let mut sorted = known;
    sorted.sort();
    assert_eq!(found, sorted);
    let mut film = film.open();
    assert_eq!(film.keyframes().unwrap(), [50, 350]);
    assert_eq!(film.keyframe(400).unwrap().data, [33, 34, 35, 36]);
}

#[test]
fn boxes_may_be_long_or_without_an_end() {
    let plain = Film::default().bytes();
    let moov = plain.windows(4).position(|name| name == b"moov").unwrap() - 4;
    let long = [&words(&[1])[..], b"free", &24_u64.to_be_bytes(), &[0; 8]].concat();
    let mut film = [&plain[..moov], &long, &words(&[0]), &plain[moov + 4..]].concat();
    assert_eq!(rest(&mut *open_bytes(film.clone())).len(), 3);
    film.splice(moov..moov + 4, words(&[7]));
    let len = film.len() as u64;
    let error = crate::open(Source::new(film, len)).err().unwrap();
    assert_eq!(error.to_string(), "the moov box is missing");
}

#[test]
fn an_edit_says_when_a_film_begins_and_ends() {
    let elst = table(b"elst", 0, &[2, 300, u32::MAX, 0x1_0000, 150, 100, 0x1_0000]);
    let film = Film { edits: boxed(b"edts", &[&elst]), ..Film::default() };
    let times: Vec<_> = packets(&film).into_iter().map(|(at_ms, _)| at_ms).collect();
    assert_eq!(times, [400, 500, 600], "half a second of nothing, and 100 ms left out");
    assert_eq!(film.open().info().duration_ms, 750);
    assert_eq!(Film::default().open().info().duration_ms, 300, "without edits, by the tables");
}

#[test]
fn a_matrix_turns_and_a_screen_stretches() {
    let turned = |matrix| picture(Film { matrix, ..Film::default() }.open().info()).rotation;
    let one = 0x1_0000;
    assert_eq!(turned([0, one, -one, 0]), Rotation::Right);
    assert_eq!(turned([0, -one, one, 0]), Rotation::Left);
    assert_eq!(turned([-one, 0, 0, -one]), Rotation::Half);
    assert_eq!(turned([-one, 0, 0, one]), Rotation::None, "a mirror is no turn");
    let shape = |screen, more: &[u8]| {
        let film = Film { screen, entry: video(b"jpeg", (720, 576), more), ..Film::default() };
        picture(film.open().info()).pixel_aspect
    };
    assert_eq!(shape((1024, 576), &[]), (64, 45));
    assert_eq!(shape((0, 0), &[]), (1, 1));
    assert_eq!(shape((1024, 576), &boxed(b"pasp", &[&words(&[16, 15])])), (16, 15));
    assert_eq!(shape((720, 576), &boxed(b"pasp", &[&words(&[16, 0])])), (1, 1));
}

#[test]
fn colours_are_in_two_kinds_of_boxes() {
    let colour = |body: &[u8]| {
        let entry = video(b"jpeg", (320, 180), &boxed(b"colr", &[body]));
        picture(Film { entry, ..Film::default() }.open().info()).colour
    };
    let known = Colour { primaries: 9, transfer: 16, matrix: 9, full_range: Some(true) };
    assert_eq!(colour(b"nclx\0\x09\0\x10\0\x09\x80"), known);
    assert_eq!(colour(b"nclc\0\x09\0\x10\0\x09"), Colour { full_range: None, ..known });
    assert_eq!(colour(b"prof\0\x09\0\x10\0\x09"), Colour::UNSPECIFIED);
    assert_eq!(colour(b"nclx\0\x09"), Colour::UNSPECIFIED);
}

#[test]
fn dates_and_languages_have_more_than_one_past() {
    let created = |created_at| Film { created_at, ..Film::default() }.open().info().created_at_ms;
    assert_eq!(created(0), None);
    assert_eq!(created(2_082_844_800), None, "the epoch is no time");
    assert_eq!(created(3_792_054_896), Some(1_709_210_096_000));
    assert_eq!(created(1_709_210_096), Some(1_709_210_096_000), "by a writer that counts from 1970");
    let language =
        |code: u32| Film { language: code << 16, ..Film::default() }.open().info().tracks[0].language.clone();
    assert_eq!([language(0x55c4), language(0x10b5), language(2), language(0x7fff)], ["", "deu", "deu", ""]);
}

#[test]
fn titles_chapters_and_the_time_of_recording_are_found() {
    let keys = boxed(b"keys", &[&words(&[0, 1]), &boxed(b"mdta", &[b"com.apple.quicktime.creationdate"])]);
    let date = boxed(b"data", &[&words(&[1, 0]), b"2021-07-04T01:30:05+0200"]);
    let meta = boxed(b"meta", &[&keys, &boxed(b"ilst", &[&boxed(&[0, 0, 0, 1], &[&date])])]);
    let title = boxed(b"data", &[&words(&[1, 0]), "Über alles".as_bytes()]);
    let ilst = boxed(b"ilst", &[&boxed(b"\xa9nam", &[&title])]);
    let nero =
        [&[1, 0, 0, 0, 0, 0, 0, 0, 2][..], &30_000_000_u64.to_be_bytes(), b"\x03two", &[0; 8], b"\x03one"].concat();
    let udta = boxed(b"udta", &[&boxed(b"meta", &[&words(&[0]), &ilst]), &boxed(b"chpl", &[&nero])]);
    let film = Film { created_at: 3_792_054_896, more: [meta, udta].concat(), ..Film::default() }.open();
    let info = film.info();
    assert_eq!((info.title.as_str(), info.created_at_ms), ("Über alles", Some(1_625_355_005_000)));
    let chapters: Vec<_> = info.chapters.iter().map(|chapter| (chapter.start_ms, chapter.title.as_str())).collect();
    assert_eq!(chapters, [(0, "one"), (3000, "two")]);
    let old = boxed(b"udta", &[&boxed(b"\xa9nam", &[&[0, 6, 0, 0], b"Ferien"])]);
    assert_eq!(Film { more: old, ..Film::default() }.open().info().title, "Ferien");
}

#[test]
fn claims_without_bytes_cost_nothing() {
    let most = u32::MAX;
    let stts = table(b"stts", 0, &[1, most, 1]);
    let stsz = table(b"stsz", 0, &[1, most]);
    let stsc = table(b"stsc", 0, &[most, 1, most, 1]);
    let tables = [stts, stsz, stsc, table(b"stco", 0, &[most, 28])].concat();
    let film = Film { tables: tables.clone(), handler: b"soun", entry: sound(b"raw ", 0, &[]), ..Film::default() };
    let mut film = film.open();
    assert_eq!(film.info().duration_ms, u64::from(most));
    assert!(film.next().is_err(), "a megabyte of it is not there");
    let mut film = Film { tables, ..Film::default() }.open();
    assert_eq!(film.keyframes().unwrap().len(), 1 << 20, "and no more than are listed");
}

fn sound(name: &[u8; 4], version: u16, more: &[u8]) -> Vec<u8> {
    let fields = [&[0; 8][..], &version.to_be_bytes(), &[0; 6], &[0, 2, 0, 16, 0, 0, 0, 0], &words(&[44_100 << 16])];
    boxed(name, &[&fields.concat(), more])
}

/// What is said of sound with this entry.
fn heard(entry: Vec<u8>) -> AudioTrack {
    let film = Film { handler: b"soun", entry, ..Film::default() }.open();
    film.info().sound().unwrap().1.clone()
}

#[test]
fn sound_is_understood_in_every_shape() {
    let config = [0x12, 0x08];
    let short = [&[3, 22, 0, 0, 0, 4, 17, 0x40][..], &[0; 12], &[5, 2], &config].concat();
    let long = [
        &[3, 0x80, 0x80, 0x80, 28, 0, 0, 0, 4, 0x80, 0x80, 0x80, 20, 0x40][..],
        &[0; 12],
        &[5, 0x80, 0x80, 0x80, 2],
        &config,
    ];
    let esds = boxed(b"esds", &[&words(&[0]), &long.concat()]);
    let wave = boxed(b"wave", &[&boxed(b"frma", &[b"mp4a"]), &boxed(b"esds", &[&words(&[0]), &short])]);
    let wide = [&words(&[72])[..], &48_000_f64.to_be_bytes(), &words(&[6]), &[0; 20]].concat();
    let aac = |entry| {
        let audio = heard(entry);
        (audio.codec, audio.config, audio.sample_rate, audio.channels)
    };
    let known = (AudioCodec::Aac, config.to_vec(), 44_100, 1);
    assert_eq!(aac(sound(b"mp4a", 0, &esds)), known);
    assert_eq!(aac(sound(b"mp4a", 1, &[&[0; 16], &wave[..]].concat())), known);
    assert_eq!(aac(sound(b"mp4a", 1, &esds)), known, "a version without its fields");
    assert_eq!(aac(sound(b"mp4a", 2, &[&wide, &wave[..]].concat())), known);
    let plain = heard(sound(b"lpcm", 2, &wide));
    assert_eq!((plain.codec_string.as_str(), plain.sample_rate, plain.channels), ("lpcm", 48_000, 6));
    let opus = heard(sound(b"Opus", 0, &boxed(b"dOps", &[&[0, 2, 1, 56, 0, 0, 0xbb, 0x80, 0, 0, 0]])));
    assert_eq!((opus.codec, opus.config), (AudioCodec::Opus, vec![1, 2, 56, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]));
    let mp3 = boxed(b"esds", &[&words(&[0]), &[3, 18, 0, 0, 0, 4, 13, 0x6b], &[0; 12]]);
    assert_eq!(heard(sound(b"mp4a", 0, &mp3)).codec_string, "mp4a.6B");
}

#[test]
fn an_encrypted_film_is_refused_and_odd_codecs_are_named() {
    let film = Film { entry: video(b"encv", (320, 180), &[]), ..Film::default() }.bytes();
    let len = film.len() as u64;
    let error = crate::open(Source::new(film, len)).err().unwrap();
    assert_eq!(error.to_string(), "an encrypted film is not supported");
    let named =
        |name| picture(Film { entry: video(name, (320, 180), &[]), ..Film::default() }.open().info()).codec.clone();
    assert_eq!(named(b"SVQ3"), VideoCodec::Other("SVQ3".into()));
    assert_eq!(named(&[0, 1, 2, 3]), VideoCodec::Other("0x00010203".into()));
    assert_eq!(named(b"avc3"), VideoCodec::H264);
}

/// A film of which all samples are in fragments; those come after this.
fn in_fragments() -> Film {
    let trex = table(b"trex", 0, &[1, 1, 100, 2, 0x1_0000]);
    Film { tables: Vec::new(), more: boxed(b"mvex", &[&trex]), ..Film::default() }
}

fn fragment(tfhd: &[u8], tfdt: &[u8], runs: &[u8]) -> Vec<u8> {
    boxed(b"moof", &[&boxed(b"traf", &[tfhd, tfdt, runs])])
}

#[test]
fn fragments_leave_out_what_is_said_before() {
    let tfhd = [&words(&[1])[..], &words(&[1]), &48_u64.to_be_bytes()].concat();
    let runs = [
        table(b"trun", 0x05, &[2, (-10_i32).cast_unsigned(), 0x0200_0000]),
        table(b"trun", 0x0100_0200, &[2, 3, 4]),
        table(b"trun", 0x0f01, &[1, (-16_i32).cast_unsigned(), 50, 1, 0, 25]),
    ];
    let first = fragment(&boxed(b"tfhd", &[&tfhd]), &[], &runs.concat());
    let second = fragment(&boxed(b"tfhd", &[&tfhd]), &table(b"tfdt", 0, &[2000]), &table(b"trun", 0x01, &[1, 70]));
    let mut film = open_bytes([in_fragments().bytes(), first, second].concat());
    assert_eq!(film.info().duration_ms, 2100);
    let found: Vec<_> =
        rest(&mut *film).into_iter().map(|packet| (packet.pts_us / 1000, packet.key, packet.data)).collect();
    let known = [
        (0, true, vec![10, 11]),
        (100, false, vec![12, 13]),
        (200, false, vec![14, 15, 16]),
        (300, false, vec![17, 18, 19, 20]),
        (425, true, vec![4]),
        (2000, false, vec![90, 91]),
    ];
    assert_eq!(found, known);
    assert_eq!(film.keyframes().unwrap(), [0, 425]);
    film.seek(3000).unwrap();
    assert_eq!(film.next().unwrap().unwrap().data, [4]);
}

#[test]
fn a_run_that_claims_too_much_is_cut() {
    let tfhd = table(b"tfhd", 0x02_0000, &[1]);
    let claims = fragment(&tfhd, &[], &table(b"trun", 0, &[u32::MAX]));
    let film = [in_fragments().bytes(), claims].concat();
    let there = u64::try_from(film.len()).unwrap() - u64::try_from(in_fragments().bytes().len()).unwrap();
    let mut film = open_bytes(film);
    assert_eq!(film.info().duration_ms, there / 2 * 100, "as many as there is room for");
    assert_eq!(rest(&mut *film).len() as u64, there / 2);
    let nothing = fragment(&table(b"tfhd", 0x02_0010, &[1, 0]), &[], &table(b"trun", 0, &[u32::MAX]));
    assert_eq!(open_bytes([in_fragments().bytes(), nothing].concat()).info().duration_ms, 0, "none of no size");
}

#[test]
fn a_second_picture_of_one_frame_is_a_cover() {
    let cover = Film { tables: samples(&[9]), ..Film::default() }.bytes();
    let at = cover.windows(4).position(|name| name == b"trak").unwrap() - 4;
    let film = Film { more: cover[at..].to_vec(), ..Film::default() }.open();
    assert!(matches!(film.info().tracks[0].kind, Kind::Video(_)));
    assert_eq!(film.info().tracks[1].kind, Kind::Other);
    let mut film = film;
    assert_eq!(of_track(&rest(&mut *film), 1).len(), 1, "it is given all the same");
}
