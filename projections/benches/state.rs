//! How fast the projections are, at 333, 10,000 and 100,000 videos. Prints; judges nothing.
//!
//! `cargo bench -p projections` (all) or `cargo bench -p projections -- lists` (one part).
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a measurement may fail"
)]

mod library;

use std::hint::black_box;
use std::time::{Duration, Instant};

use events::event::{Rating, Tag};
use events::{Event, Recorded, TagName, VideoId};
use library::{Random, history, stars};
use projections::{Filter, Now, Order, Publisher, Query, Replay, Search, Sort, State};

fn main() {
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let parts: [(&str, fn()); 8] = [
        ("memory", memory),
        ("replay", replay),
        ("checkpoint", checkpoint),
        ("rating", rating),
        ("bulk", bulk),
        ("lists", lists),
        ("typos", typos),
        ("scan", scan),
    ];
    for (name, part) in parts {
        if only.as_ref().is_none_or(|only| only == name) {
            println!("\n## {name}");
            part();
        }
    }
}

fn state_of(videos: u32, events: usize) -> State {
    let mut replay = State::replay();
    history(videos).take(events).for_each(|recorded| replay.fold(&recorded));
    replay.finish()
}

/// Bytes of this process in memory, from the kernel.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// The time this thread has had a processor, from the kernel: what work costs on a busy machine.
fn busy() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(times.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or(0))
}

fn memory() {
    for videos in [333, 10_000, 100_000] {
        let before = resident_kib();
        let state = state_of(videos, 1_000_000);
        println!("{videos:>7} videos, 1 M events: {:>6.1} MiB", (resident_kib() - before) as f64 / 1024.0);
        drop(black_box(state));
    }
}

fn replay() {
    for videos in [333, 10_000, 100_000] {
        let events: Vec<Recorded> = history(videos).take(1_000_000).collect();
        let timed = |_| {
            let (start, had) = (Instant::now(), busy());
            let mut replay = State::replay();
            events.iter().for_each(|recorded| replay.fold(recorded));
            let (folded, worked) = (start.elapsed(), busy() - had);
            let state = replay.finish();
            (start.elapsed(), folded, worked, state)
        };
        let (whole, folded, worked, state) = (0..5).map(timed).min_by_key(|(whole, ..)| *whole).expect("five runs");
        let rate = |time: Duration| 1.0 / time.as_secs_f64();
        println!(
            "{videos:>7} videos, 1 M events: fold {:.2} M/s ({:.2} M/s of processor time), indexes {:.1?}, whole {:.2} M/s, digest {:016x}",
            rate(folded),
            rate(worked),
            whole - folded,
            rate(whole),
            state.digest()
        );
        assert_eq!(state.anomalies(), 0);
    }
}

fn checkpoint() {
    for videos in [333, 10_000, 100_000] {
        let state = state_of(videos, 1_000_000);
        let bytes = state.checkpoint();
        println!(
            "{videos:>7} videos, 1 M events: {:.1} MiB, kept in {:.1?}, restored in {:.1?}, with indexes {:.1?}, digest {:.1?}",
            bytes.len() as f64 / 1_048_576.0,
            best(|| drop(black_box(state.checkpoint()))),
            best(|| drop(black_box(Replay::restore(&bytes)))),
            best(|| drop(black_box(Replay::restore(&bytes).map(Replay::finish)))),
            best(|| {
                black_box(state.digest());
            }),
        );
    }
}

fn rating() {
    for videos in [333, 10_000, 100_000] {
        let mut state = state_of(videos, 300_000);
        let publisher = Publisher::new(state.clone());
        let live = publisher.live();
        let mut random = Random::new(7);
        let like = history(1).next().expect("endless");
        let mut times = Vec::new();
        for _ in 0..20_000 {
            let held = live.snapshot();
            let recorded = rate(&like, state.pos() + 1, &mut random, videos);
            let start = Instant::now();
            state.apply(&recorded);
            publisher.publish(state.clone());
            times.push(start.elapsed());
            drop(held);
        }
        print_times(&format!("{videos:>7} videos, one rating applied and published"), &mut times);
        let mut times = Vec::new();
        for _ in 0..500 {
            let held = live.snapshot();
            let batch: Vec<Recorded> = (0..64).map(|_| rate(&like, state.pos() + 1, &mut random, videos)).collect();
            let start = Instant::now();
            for (recorded, pos) in batch.into_iter().zip(state.pos() + 1..) {
                state.apply(&Recorded { pos, ..recorded });
            }
            publisher.publish(state.clone());
            times.push(start.elapsed() / 64);
            drop(held);
        }
        print_times(&format!("{videos:>7} videos, each of 64 ratings published together"), &mut times);
    }
}

fn rate(like: &Recorded, pos: u64, random: &mut Random, videos: u32) -> Recorded {
    let video = VideoId::new(1 + random.below(videos)).expect("from 1");
    let event = Event::Rating(Rating::Given { video, stars: stars(1 + random.below(5)) });
    Recorded { pos, event, ..like.clone() }
}

fn print_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1000).copied().unwrap_or_default();
    println!("{what}: p10 {:?}, p50 {:?}, p99 {:?}", at(100), at(500), at(990));
}

fn scan() {
    let events: Vec<Recorded> = history(20_000).take(20_000).collect();
    for known in [0, 100_000] {
        let mut state = state_of(known.max(1), known as usize);
        let publisher = Publisher::new(state.clone());
        let held = publisher.live().snapshot();
        let batch: Vec<Recorded> =
            (state.pos() + 1..).zip(&events).map(|(pos, recorded)| found_as(recorded, pos)).collect();
        let start = Instant::now();
        batch.iter().for_each(|recorded| state.apply(recorded));
        publisher.publish(state.clone());
        println!("20,000 videos found beside {known}: {:.1?}", start.elapsed());
        assert_eq!(state.anomalies(), 0);
        drop(held);
    }
}

fn found_as(recorded: &Recorded, pos: u64) -> Recorded {
    let mut recorded = Recorded { pos, ..recorded.clone() };
    if let Event::Video(events::event::Video::Found { video, .. }) = &mut recorded.event {
        *video = VideoId::new(pos as u32).expect("from 1");
    }
    recorded
}

/// What the writer pays to learn one tag on 5,000 videos, a shared state in the hands of readers.
fn bulk() {
    for videos in [10_000, 100_000] {
        let state = state_of(videos, 1_000_000);
        let tag = TagName::new("holiday").expect("a tag");
        let tagged = |(pos, number): (u64, u32)| Recorded {
            pos,
            event: Event::Tag(Tag::Added { video: VideoId::new(number).expect("from 1"), tag: tag.clone() }),
            ..history(1).next().expect("an endless history")
        };
        let step = videos as usize / 5_000;
        let events: Vec<Recorded> =
            (state.pos() + 1..).zip((1..=videos).step_by(step)).take(5_000).map(tagged).collect();
        let time = best(|| {
            let mut state = state.clone();
            events.iter().for_each(|recorded| state.apply(recorded));
            drop(black_box(state));
        });
        println!("{videos:>7} videos: a tag on {} of them: {time:.1?}", events.len());
    }
}

fn lists() {
    let state = state_of(100_000, 1_000_000);
    let tag = |rank: usize| {
        state.tags().popular(5000).get(rank).map(|(tag, count)| ((*tag).clone(), *count)).expect("enough tags")
    };
    let (common, rare) = (tag(0), tag(1200));
    println!("tags: common {} ({}), rare {} ({})", common.0, common.1, rare.0, rare.1);
    let tagged = |tag: &TagName| Filter { tags: vec![tag.clone()], ..Filter::default() };
    let searched = |typed: &str| Filter { search: Some(Search::parse(typed, Now::default())), ..Filter::default() };
    let filters = [
        ("all", Filter::default()),
        ("favourites", Filter { favorite: Some(true), ..Filter::default() }),
        ("not favourites", Filter { favorite: Some(false), ..Filter::default() }),
        ("4 stars and more", Filter { stars_min: Some(stars(4)), ..Filter::default() }),
        ("common tag", tagged(&common.0)),
        ("rare tag", tagged(&rare.0)),
        ("search: nothing", searched("zzzqqq")),
        ("search: rare word", searched("winwinver")),
        ("search: common word", searched("bababa")),
        ("search: 3 letters", searched("cor")),
        ("search: 1 letter", searched("b")),
        ("search: common long", searched("mp4 2012-")),
        ("search: two words", searched("gaba corba")),
        ("search: two common words", searched("ba cor")),
        ("search: one of two", searched("cor or kel")),
        ("search: facts", searched("views:<=4 rating:>=3 duration:<1h added:<3000d size:>1gb")),
        ("search: most of them", searched("duration:>1m")),
    ];
    for (name, filter) in filters {
        let total = state.list(&Query { filter: filter.clone(), ..Query::default() }).total;
        println!("{name} ({total} videos)");
        for sort in Sort::ALL {
            let times: Vec<Duration> = [1, total / 120, total / 60]
                .into_iter()
                .map(|page| {
                    let query =
                        Query { filter: filter.clone(), sort, order: Order::Descending, page, ..Query::default() };
                    best(|| drop(black_box(state.list(&query))))
                })
                .collect();
            println!("  {:<12} first, middle, last page: {times:>8.1?}", format!("{sort:?}"));
        }
    }
    let video = VideoId::new(500).expect("from 1");
    println!("related: {:.1?}", best(|| drop(black_box(state.related(video, 20)))));
    let neighbours = |sort, filter: &Filter| {
        let query = Query { sort, filter: filter.clone(), ..Query::default() };
        best(|| {
            black_box(state.neighbours(&query, video));
        })
    };
    let (all, some) = (Filter::default(), searched("duration:>1h"));
    println!("neighbours, all and half: {:.1?} {:.1?}", neighbours(Sort::Title, &all), neighbours(Sort::Random, &some));
    println!("all tags: {:.1?}", best(|| drop(black_box(state.tags().all()))));
    println!("suggest: {:.1?}", best(|| drop(black_box(state.tags().suggest("ba", 20)))));
}

fn typos() {
    let state = state_of(100_000, 1_000_000);
    for typed in ["delfinhuu", "gabacorr winwinverr", "qqqqqqqqqq", "tag:delfinhuu"] {
        let search = Some(Search::parse(typed, Now::default()));
        let filter = Filter { search, ..Filter::default() };
        println!("nothing has {typed}: {:?}", state.corrected(&filter).map(|corrected| corrected.used));
        println!("  to find that out: {:.1?}", best(|| drop(black_box(state.corrected(&filter)))));
    }
}

/// The quickest of a few runs: what it costs when nothing else wants the processor.
fn best(run: impl Fn()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..15).map(timed).min().unwrap_or_default()
}
