//! The words in a film as WebVTT (W3C), from whatever form a container keeps them in.
//!
//! Not here: files of captions beside a film. They share [`styled`] with this.

use crate::Error;
use crate::demux::{Demuxer, Packet};
use crate::info::{Kind, SubtitleFormat};
use std::fmt::Write as _;

/// Tags of SubRip that WebVTT has too; all others are dropped.
const TAGS: [&str; 3] = ["b", "i", "u"];
/// How long a tag or a position is at most, with its signs; without a limit, a line of nothing but `<` takes hours.
const TAG_MAX_BYTES: usize = 256;
/// How long words are shown that nothing ends, in µs.
const SHOWN_US: u64 = 5_000_000;
/// How many fields stand before the words in a line of ASS as Matroska keeps it.
const ASS_FIELDS: usize = 8;

/// One cue: its times in µs, and the words as WebVTT has them.
#[derive(Debug, PartialEq, Eq)]
struct Cue {
    from_us: u64,
    to_us: Option<u64>,
    words: String,
}

/// The words of the track with this index as a WebVTT file of at most about `limit` bytes, cues sorted by time.
///
/// # Errors
/// The track has no words that are text, they are more than that, or the file cannot be read.
pub fn webvtt(demuxer: &mut dyn Demuxer, track: usize, limit: usize) -> Result<String, Error> {
    let none = || Error::Unsupported("a track without words".to_owned());
    let format = match &demuxer.info().tracks.get(track).ok_or_else(none)?.kind {
        Kind::Subtitle(subtitle) => subtitle.format.clone(),
        Kind::Video(_) | Kind::Audio(_) | Kind::Other => return Err(none()),
    };
    if let SubtitleFormat::Other(name) = format {
        return Err(Error::Unsupported(format!("the form of captions {name}")));
    }
    demuxer.select(&[track]);
    let mut cues = Vec::new();
    let mut size = 0;
    while let Some(packet) = demuxer.next()? {
        if packet.track != track {
            continue;
        }
        let cue = cue(&format, &packet);
        size += cue.words.len() + 32;
        if size > limit {
            return Err(Error::TooLarge("its captions"));
        }
        cues.push(cue);
    }
    Ok(written(cues))
}

fn cue(format: &SubtitleFormat, packet: &Packet) -> Cue {
    let words = match format {
        SubtitleFormat::SubRip => lines(&String::from_utf8_lossy(&packet.data)),
        SubtitleFormat::Ass => ass(&String::from_utf8_lossy(&packet.data)),
        SubtitleFormat::WebVtt => vtt(&packet.data),
        SubtitleFormat::Timed => timed(&packet.data),
        SubtitleFormat::Other(_) => String::new(),
    };
    let from_us = u64::try_from(packet.pts_us).unwrap_or(0);
    let to_us = packet.duration_us.filter(|duration| *duration > 0).map(|duration| from_us.saturating_add(duration));
    Cue { from_us, to_us, words }
}

/// The file. A cue that nothing ends is ended by the next one; one without words only ends another.
fn written(mut cues: Vec<Cue>) -> String {
    cues.sort_by_key(|cue| cue.from_us);
    let mut out = "WEBVTT\n".to_owned();
    for (index, cue) in cues.iter().enumerate().filter(|(_, cue)| !cue.words.is_empty()) {
        let next = || cues.iter().skip(index + 1).map(|next| next.from_us).find(|next| *next > cue.from_us);
        let latest = cue.from_us.saturating_add(SHOWN_US);
        let to_us = cue.to_us.unwrap_or_else(|| next().map_or(latest, |next| next.min(latest)));
        // Writing into memory does not fail.
        let _: std::fmt::Result = writeln!(out, "\n{} --> {}\n{}", clock(cue.from_us), clock(to_us), cue.words);
    }
    out
}

/// A time in µs as WebVTT has it.
fn clock(us: u64) -> String {
    let ms = us / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// Lines of SubRip. An empty one would end the cue.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\0'], "\n");
    text.lines().filter(|line| !line.trim().is_empty()).map(styled).collect::<Vec<_>>().join("\n")
}

/// The words of a dialogue line of ASS: after the fields before them, without what is in braces, which says where and how.
fn ass(line: &str) -> String {
    let mut rest = line.splitn(ASS_FIELDS + 1, ',').nth(ASS_FIELDS).unwrap_or_default();
    let mut words = String::new();
    let mut drawing = false;
    while let Some((before, inside)) = rest.split_once('{') {
        if !drawing {
            words.push_str(before);
        }
        let (codes, after) = inside.split_once('}').unwrap_or((inside, ""));
        for code in codes.split('\\').filter_map(|code| code.strip_prefix('p')) {
            // `\p1` begins a shape that is drawn by words, `\p0` ends it; `\pos` is something else.
            if let Ok(scale) = code.trim().parse::<u32>() {
                drawing = scale > 0;
            }
        }
        rest = after;
    }
    if !drawing {
        words.push_str(rest);
    }
    lines(&words.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " "))
}

/// A cue of WebVTT: its text in Matroska, boxes in MP4 (ISO/IEC 14496-30 §6.6).
fn vtt(data: &[u8]) -> String {
    let text = match data {
        [_, _, _, _, b'v', b't', b't', b'c' | b'e', ..] => {
            let body = data.get(8..).unwrap_or_default();
            payload(body)
        }
        _ => data,
    };
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n").replace(['\r', '\0'], "\n");
    text.lines().filter(|line| !line.trim().is_empty() && !line.contains("-->")).collect::<Vec<_>>().join("\n")
}

/// The body of the box `payl` among those of a cue.
fn payload(mut boxes: &[u8]) -> &[u8] {
    while let Some((head, _)) = boxes.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = *head;
        let len = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some((whole, rest)) = boxes.split_at_checked(len.max(8)) else { break };
        if kind == *b"payl" {
            return whole.get(8..).unwrap_or_default();
        }
        boxes = rest;
    }
    &[]
}

/// Timed text (3GPP TS 26.245 §5.17): a length, the text, and boxes about its style.
fn timed(data: &[u8]) -> String {
    let Some(([a, b], rest)) = data.split_first_chunk() else { return String::new() };
    let text = rest.get(..usize::from(u16::from_be_bytes([*a, *b]))).unwrap_or(rest);
    let wide = |text: &[u8], from: fn([u8; 2]) -> u16| {
        let units = text.chunks_exact(2).filter_map(|two| two.first_chunk().map(|two| from(*two)));
        char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect::<String>()
    };
    let text = match text {
        [0xfe, 0xff, text @ ..] => wide(text, u16::from_be_bytes),
        [0xff, 0xfe, text @ ..] => wide(text, u16::from_le_bytes),
        text => String::from_utf8_lossy(text).into_owned(),
    };
    // There are no tags in it: what looks like one is meant.
    lines(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// A line with the tags that WebVTT knows, and everything else as plain text.
#[must_use]
pub fn styled(line: &str) -> String {
    let mut rest = line.trim();
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find(['<', '>', '&', '{']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let (taken, written) = match special.as_bytes() {
            [b'<', ..] => tag(special),
            // Positions as of other subtitle formats: {\an8}
            [b'{', b'\\', ..] => closing(special, '}').map_or((1, "{".to_owned()), |end| (end + 1, String::new())),
            [b'&', ..] if ["&amp;", "&lt;", "&gt;", "&nbsp;"].iter().any(|known| special.starts_with(known)) => {
                (1, "&".to_owned())
            }
            [b'&', ..] => (1, "&amp;".to_owned()),
            [b'>', ..] => (1, "&gt;".to_owned()),
            _ => (1, "{".to_owned()),
        };
        out.push_str(&written);
        rest = special.get(taken..).unwrap_or_default();
    }
    out + rest
}

/// Where the sign that closes the tag at the start of `text` is.
fn closing(text: &str, sign: char) -> Option<usize> {
    let (near, _) = text.split_at_checked(text.floor_char_boundary(TAG_MAX_BYTES))?;
    near.find(sign)
}

/// How long the tag at the start of `text` is, and what stands for it.
fn tag(text: &str) -> (usize, String) {
    let inner = closing(text, '>').and_then(|end| text.get(1..end));
    let name =
        |inner: &str| inner.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    match inner {
        Some(inner) if inner.starts_with(|first: char| first == '/' || first.is_ascii_alphabetic()) => {
            let slash = if inner.starts_with('/') { "/" } else { "" };
            let name = name(inner).to_lowercase();
            let written = if TAGS.contains(&&*name) { format!("<{slash}{name}>") } else { String::new() };
            (inner.len() + 2, written)
        }
        _ => (1, "&lt;".to_owned()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn packet(pts_us: i64, duration_us: Option<u64>, data: &[u8]) -> Packet {
        Packet { track: 0, pts_us, duration_us, key: true, data: data.to_vec() }
    }

    fn file(format: &SubtitleFormat, packets: &[Packet]) -> String {
        written(packets.iter().map(|packet| cue(format, packet)).collect())
    }

    #[test]
    fn words_are_found_in_a_film() {
        for (name, tracks) in [("h264.mkv", [2, 3]), ("zlib-subtitles.mkv", [1, 2])] {
            for track in tracks {
                let mut film = crate::clips::open(name);
                let words = webvtt(&mut *film, track, 10_000).unwrap();
                assert!(words.starts_with("WEBVTT\n\n00:00:0") && words.contains(" --> "), "{name} {track}: {words}");
                assert!(!words.contains("{\\") && !words.contains("Default"), "{words}");
            }
        }
        let too_long = webvtt(&mut *crate::clips::open("h264.mkv"), 2, 10);
        assert!(matches!(too_long, Err(Error::TooLarge(_))));
        for track in [0, 1, 99] {
            assert!(webvtt(&mut *crate::clips::open("h264.mkv"), track, 10_000).is_err());
        }
    }

    #[test]
    fn packets_of_other_tracks_are_left_out() {
        for name in ["h264.mkv", "h264.mp4", "h264.avi"] {
            let all = crate::clips::rest(&mut *crate::clips::open(name));
            let mut film = crate::clips::open(name);
            film.select(&[1]);
            let some = crate::clips::rest(&mut *film);
            assert_eq!(some, all.into_iter().filter(|packet| packet.track == 1).collect::<Vec<_>>(), "{name}");
            assert!(!some.is_empty());
        }
    }

    #[test]
    fn subrip_becomes_cues_sorted_by_time() {
        let packets = [
            packet(
                3_600_000_000,
                Some(1_500_000),
                b"<i>two</i>

1 < 2 --> 3",
            ),
            packet(1_000_000, Some(2_000_000), "Grüße".as_bytes()),
        ];
        let expected = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nGrüße\n\n\
                        01:00:00.000 --> 01:00:01.500\n<i>two</i>\n1 &lt; 2 --&gt; 3\n";
        assert_eq!(file(&SubtitleFormat::SubRip, &packets), expected);
    }

    #[test]
    fn of_ass_only_the_words_are_left() {
        for (line, words) in [
            ("0,0,Default,,0,0,0,,Hello, {\\i1}world{\\i0}!\\Nnext", "Hello, world!\nnext"),
            ("1,0,Default,Ann,0,0,0,,{\\pos(1,2)\\p1}m 0 0 l 1 1{\\p0}seen", "seen"),
            ("1,0,Default,Ann,0,0,0,,{\\an8}a {b", "a"),
            ("1,0,Default,Ann,0,0,0,,a\\hb<script>", "a b"),
            ("too,few,fields", ""),
        ] {
            assert_eq!(ass(line), words, "{line}");
        }
    }

    #[test]
    fn timed_text_is_text_and_gaps_end_it() {
        let packets = [
            packet(0, None, b"\0\x05a <b>...."),
            packet(2_000_000, None, b"\0\0"),
            packet(9_000_000, None, b"\0\x01z"),
        ];
        let expected = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na &lt;b&gt;\n\n00:00:09.000 --> 00:00:14.000\nz\n";
        assert_eq!(file(&SubtitleFormat::Timed, &packets), expected);
        assert_eq!(timed(b"\0\x06\xfe\xff\0a\0b"), "ab");
        assert_eq!(timed(b"\0\xffab"), "ab", "a length that is too large");
        assert_eq!((timed(b""), timed(b"\0")), (String::new(), String::new()));
    }

    #[test]
    fn webvtt_stays_as_it_is_but_for_what_would_end_it() {
        let boxed = b"\0\0\0\x1bvttc\0\0\0\x08sttg\0\0\0\x0bpayl<b>".to_vec();
        assert_eq!((vtt(b"<v Ann>Hi\n\n0 --> 1\nyou"), vtt(&boxed)), ("<v Ann>Hi\nyou".to_owned(), "<b>".to_owned()));
        assert_eq!(vtt(b"\0\0\0\x08vtte"), "");
        assert_eq!(vtt(b"\0\0\0\x10vttc\xff\xff\xff\xffpayl"), "");
    }

    #[test]
    fn only_known_tags_survive() {
        for (line, expected) in [
            ("<b>a</b> <I>b</I>", "<b>a</b> <i>b</i>"),
            ("<font color=\"#fff\">a</font>", "a"),
            ("<script>alert(1)</script>", "alert(1)"),
            ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
            ("a &amp; b &nbsp;", "a &amp; b &nbsp;"),
            ("{\\an8}up {not this}", "up {not this}"),
            ("é<ü>é", "é&lt;ü&gt;é"),
            ("a --", "a --"),
            ("<i", "&lt;i"),
        ] {
            assert_eq!(styled(line), expected);
        }
    }

    #[test]
    fn what_never_ends_is_no_tag_and_costs_no_time() {
        let many = 1_000_000;
        assert_eq!(styled(&"<".repeat(many)), "&lt;".repeat(many));
        assert_eq!(styled(&"{\\".repeat(many)), "{\\".repeat(many));
        let long = "x".repeat(TAG_MAX_BYTES);
        assert_eq!(styled(&format!("<{long}>{{\\{long}}}")), format!("&lt;{long}&gt;{{\\{long}}}"));
        let just = "x".repeat(TAG_MAX_BYTES - 2);
        assert_eq!(styled(&format!("<{just}>a")), "a");
    }
}
