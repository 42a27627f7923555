//! How long it takes to know what was known: `cargo bench --bench moments -- [EVENTS] [VIDEOS]`, a million and ten thousand
//! unless said. A made-up log; every moment is asked for cold, then warm, and each of them by a time as well.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and fails by panicking")]

use events::log::fjall::{LogFolder, Options};
use local_video_server::clock;
use local_video_server::metrics::WriterMetrics;
use local_video_server::writer::Writer;
use std::time::{Duration, Instant};
use tools::seed;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let events = numbers.first().copied().unwrap_or(1_000_000);
    let videos = numbers.get(1).and_then(|videos| u32::try_from(*videos).ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = seed::Args { videos, events, seed: 1, files: None, json: false };
    seed::run(&args, folder.path(), &mut std::io::sink()).expect("a made-up library");
    let log = LogFolder { folder: folder.path().to_owned(), options: Options::default() };
    let started = Instant::now();
    let (writer, thread, live) =
        Writer::start(Box::new(log), clock::now_ms, WriterMetrics::default()).expect("the log opens");
    println!("{} events, {videos} videos, opened in {:?}", live.snapshot().pos(), started.elapsed());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let moments = writer.feed().moments();
    let head = live.snapshot().pos();
    let mut slowest = [Duration::ZERO; 3];
    // From the end to the start, so that nothing held before helps.
    for tenth in (1..=9).rev() {
        let pos = head / 10 * tenth;
        let measure = || {
            let started = Instant::now();
            let state = runtime.block_on(moments.after(pos)).expect("a state");
            (started.elapsed(), state)
        };
        let (cold, state) = measure();
        let (warm, _) = measure();
        let started = Instant::now();
        let found = runtime.block_on(moments.position(state.recorded_at_ms())).expect("a position");
        let time = started.elapsed();
        println!("after {pos}: cold {cold:.1?}, warm {warm:.1?}; its time is that of {found}, found in {time:.1?}");
        for (slowest, taken) in slowest.iter_mut().zip([cold, warm, time]) {
            *slowest = (*slowest).max(taken);
        }
    }
    let [cold, warm, time] = slowest;
    println!("slowest: cold {cold:.1?}, warm {warm:.1?}, a time found {time:.1?}");
    thread.stop();
}
