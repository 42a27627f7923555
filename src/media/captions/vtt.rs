//! From SubRip, which has no standard and is written by hand, to WebVTT (W3C). WebVTT stays as it is.
//!
//! Tolerant: numbers may be missing or wrong, times may have a point for the comma or no hours, an empty line between two
//! cues may be missing. What has no time that makes sense is left out; of nothing comes a file without cues.

use av::subtitles::styled;
use std::fmt::Write as _;

/// `text` as WebVTT.
pub(super) fn convert(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    if is_vtt(&text) { text } else { from_srt(&text) }
}

fn is_vtt(text: &str) -> bool {
    text.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']))
}

fn from_srt(text: &str) -> String {
    let mut vtt = "WEBVTT\n".to_owned();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((from_ms, to_ms)) = times(line) else { continue };
        let mut words: Vec<&str> = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.trim().is_empty() && times(line).is_none()) {
            words.push(line);
        }
        // The number of the next cue, when no empty line stands before it.
        if lines.peek().is_some_and(|line| times(line).is_some())
            && words.last().is_some_and(|word| word.trim().parse::<u64>().is_ok())
        {
            words.pop();
        }
        if to_ms > from_ms && !words.is_empty() {
            let words: Vec<String> = words.into_iter().map(styled).collect();
            // Writing into memory does not fail.
            let _: std::fmt::Result = writeln!(vtt, "\n{} --> {}\n{}", clock(from_ms), clock(to_ms), words.join("\n"));
        }
    }
    vtt
}

/// The start and the end of a cue in ms, if `line` is such a line. Places on the screen behind them do not matter.
fn times(line: &str) -> Option<(u64, u64)> {
    let (from, to) = line.split_once("-->")?;
    Some((time(from.trim())?, time(to.split_whitespace().next()?)?))
}

/// `1:02:03,4`, `02:03.456`, `00:00:01` in ms.
fn time(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let digits = |text: &str| text.parse::<u64>().ok().filter(|number| *number < 1_000_000);
    let mut seconds: u64 = 0;
    for piece in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(digits(piece.trim())?)?;
    }
    let thousandths = digits(&format!("{part:0<3}").chars().take(3).collect::<String>())?;
    let ms = seconds.checked_mul(1000)?.checked_add(thousandths)?;
    whole.contains(':').then_some(ms)
}

fn clock(ms: u64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subrip_becomes_webvtt() {
        let srt = "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\ntwo\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,000\r\n<i>Three</i>\r\n";
        let vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nOne\ntwo\n\n01:00:00.000 --> 01:00:01.000\n<i>Three</i>\n";
        assert_eq!(convert(srt), vtt);
        assert_eq!(convert(&srt.replace("\r\n", "\r")), vtt, "line ends of any system");
        assert_eq!(convert(&format!("\u{feff}\n\n{srt}")), vtt);
    }

    #[test]
    fn what_people_write_by_hand_is_understood() {
        for (srt, cues) in [
            ("00:00:01,000 --> 00:00:02,000\na\n", "00:00:01.000 --> 00:00:02.000\na\n"),
            ("0:01.5 --> 0:02.25 X1:10 X2:20\na", "00:00:01.500 --> 00:00:02.250\na\n"),
            ("7\n00:00:01 -->00:00:02\na", "00:00:01.000 --> 00:00:02.000\na\n"),
            (
                "1\n0:01,0 --> 0:02,0\na\n2\n0:03,0 --> 0:04,0\nb",
                "00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n",
            ),
            ("1\n0:01,0 --> 0:02,0\n1984\n\n", "00:00:01.000 --> 00:00:02.000\n1984\n"),
        ] {
            assert_eq!(convert(srt), format!("WEBVTT\n\n{cues}"), "{srt}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for srt in [
            "",
            "no captions at all",
            "1\n00:00:02,000 --> 00:00:01,000\nbackwards",
            "1\nx --> y\na",
            "0:01,0 --> \na",
            "-->",
            "1 --> 2\na",
            "99999999999999999999:00 --> 99999999999999999999:01\na",
            "0:01,0 --> 0:02,0\n\n\n",
            "\u{fffd}\u{fffd}\0PNG",
        ] {
            assert_eq!(convert(srt), "WEBVTT\n", "{srt}");
        }
        let torn = "0:0x --> 0:02\nlost\n\n0:03,0 --> 0:04,0\nkept";
        assert_eq!(convert(torn), "WEBVTT\n\n00:00:03.000 --> 00:00:04.000\nkept\n");
    }

    #[test]
    fn a_time_of_too_many_pieces_is_none() {
        assert_eq!(time("9:9:9:9:9:9:9:9:9:9:9:9:00"), None);
        assert_eq!(time("999999:59:59,999"), Some(3_599_999_999_999));
        assert_eq!(convert("0:01 --> 9:9:9:9:9:9:9:9:9:9:9:00\nlost\n"), "WEBVTT\n");
    }

    #[test]
    fn webvtt_stays() {
        let vtt = "WEBVTT - film\n\nNOTE x\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hi\n";
        assert_eq!(convert(&vtt.replace('\n', "\r\n")), vtt);
        assert_eq!((convert("WEBVTT"), convert("WEBVTTX")), ("WEBVTT".to_owned(), "WEBVTT\n".to_owned()));
    }
}
