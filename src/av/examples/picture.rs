//! Makes pictures of one file the way the program does, as a process of its own, to be timed beside others:
//!
//! `cargo run --release -p av --example picture -- small|cover|storyboard FILE OUT.jpg` and `-- probe FILE...`
//!
//! `small` is one picture of 320 pixels, nothing else; `cover` all that the program makes of a cover, of which the poster is
//! written. Says how much memory it took at most, or how many files it opened a second.

use av::demux::Demuxer;
use av::picture::{Jpeg, Picture};
use av::source::Source;
use std::fs::File;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["probe", files @ ..] if !files.is_empty() => probe(files),
        [what, file, out] => picture(what, file).and_then(|jpeg| {
            std::fs::write(out, &jpeg.bytes).map_err(|error| error.to_string())?;
            Ok(format!(
                "{}x{}, {} bytes, at most {} kB of memory",
                jpeg.width,
                jpeg.height,
                jpeg.bytes.len(),
                peak_kb()
            ))
        }),
        _ => Err("say small, cover or storyboard with a file and where to write it, or probe with files".to_owned()),
    };
    let (code, text) = match said {
        Ok(text) => (ExitCode::SUCCESS, text),
        Err(why) => (ExitCode::FAILURE, why),
    };
    // A closed pipe is nobody's loss.
    let _lost = writeln!(io::stdout(), "{text}");
    code
}

fn open(file: &str) -> Result<Box<dyn Demuxer>, String> {
    let file = File::open(file).map_err(|error| error.to_string())?;
    let len = file.metadata().map_err(|error| error.to_string())?.len();
    av::open(Source::new(file, len)).map_err(|error| error.to_string())
}

fn picture(what: &str, file: &str) -> Result<Jpeg, String> {
    let mut film = open(file)?;
    match what {
        "small" => small(&mut *film),
        "cover" => av::cover(&mut *film, None).map(|cover| cover.poster).map_err(|failure| failure.error.to_string()),
        "storyboard" => av::storyboard(&mut *film).map(|it| it.sheet).map_err(|failure| failure.error.to_string()),
        _ => Err(format!("`{what}` is none of small, cover, storyboard and probe")),
    }
}

/// The key frame nearest to 30 %, as ffmpeg is asked for it.
fn small(film: &mut dyn Demuxer) -> Result<Jpeg, String> {
    let packet = film.keyframe(film.info().duration_ms * 3 / 10).map_err(|error| error.to_string())?;
    let (_, track) = film.info().picture().ok_or("there is no picture in it")?;
    let frame = av::decode::decode(track, &packet.data).map_err(|error| error.to_string())?;
    Jpeg::encode(&Picture::of(&frame, track, (320, 320)), 80).map_err(|error| error.to_string())
}

fn probe(files: &[&str]) -> Result<String, String> {
    let started = Instant::now();
    for file in files {
        open(file)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(format!("{:.0} files a second", files.len() as f64 / seconds))
}

/// The most memory this process ever had in use (`VmHWM`, proc(5)).
fn peak_kb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").to_owned()
}
