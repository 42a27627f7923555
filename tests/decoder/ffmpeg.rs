//! What is left to ffmpeg: with a stand-in for it, and without.

use super::{COVER, Programs, clip, cover, decoder, failure, make, probed, storyboard};
use local_video_server::decoder::{Allowance, Decoder, Task};

#[test]
fn without_ffmpeg_it_is_said_what_that_could_do() {
    let programs = Programs::new();
    let program = programs.script(&format!("PATH=/nowhere exec {} decode", env!("CARGO_BIN_EXE_local-video-server")));
    let mut decoder = Decoder::new(program, Allowance::default());
    for (name, task) in [("wmv2.wmv", Task::Probe), ("xvid.avi", COVER), ("h264.ts", Task::Storyboard)] {
        let found = failure(make(&mut decoder, &clip(name), task));
        assert!(found.reason.ends_with(" is not supported without ffmpeg"), "{name}: {found:?}");
    }
    let broken = failure(make(&mut decoder, &clip("no-moov.mp4"), COVER));
    assert!(!broken.reason.contains("ffmpeg"), "it could not help either: {broken:?}");
}

#[test]
fn what_is_not_known_here_ffmpeg_is_asked_for() {
    // Any machine can run this: what is asked is a stand-in.
    let programs = Programs::new();
    let folder = programs.0.path().display().to_string();
    let jpeg = cover(&mut decoder(), "h264.mkv").poster.bytes;
    std::fs::write(programs.0.path().join("frame.jpg"), jpeg).expect("a picture");
    let facts = r#"{"streams":[{"codec_type":"video","codec_name":"wmv2","width":320,"height":180}],
        "format":{"format_long_name":"Windows Media","duration":"3.5"}}"#;
    std::fs::write(programs.0.path().join("facts"), facts).expect("facts");
    for (name, answer) in [("ffprobe", "facts"), ("ffmpeg", "frame.jpg")] {
        // It reads the film itself, as its standard input.
        let found = r#"[ "$(/usr/bin/head -c 4 /dev/stdin | /usr/bin/od -An -tx1)" = " 30 26 b2 75" ]"#;
        std::fs::rename(
            programs.script(&format!("{found} && exec /bin/cat {folder}/{answer}")),
            programs.0.path().join(name),
        )
        .expect("a program");
    }
    let program = programs.script(&format!("PATH={folder} exec {} decode", env!("CARGO_BIN_EXE_local-video-server")));
    let mut decoder = Decoder::new(program, Allowance::default());
    let facts = probed(&mut decoder, "wmv2.wmv");
    assert_eq!((facts.container.as_str(), facts.video_codec.as_str()), ("Windows Media", "wmv2"));
    assert_eq!((facts.width, facts.height, facts.duration_ms), (320, 180, 3500));
    let cover = cover(&mut decoder, "wmv2.wmv");
    assert_eq!((cover.decoder.as_str(), cover.at_ms, cover.poster.width), ("ffmpeg", 1050, 320));
    let board = storyboard(&mut decoder, "wmv2.wmv");
    assert_eq!((board.decoder.as_str(), board.tiles), ("ffmpeg", 3));
}
