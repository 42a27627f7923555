//! What was acknowledged stays, over kill -9 at any moment.
//!
//! Clients change facts of their own video and keep a model of it. A change is *acknowledged* after
//! its 200 and *open* between sending and answer. After a crash the log must hold the acknowledged
//! ones exactly once, and the open one of each client at most once. The same while viewings are
//! forgotten, each as a whole or not at all, and while what is known is computed anew.
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod care;

use crate::support::child::{Folders, PATIENCE, Server};
use crate::support::closing_a_log;
use care::{Care, Sittings};
use events::log::fjall::{FjallLog, Options};
use events::{Event, Pos, VideoId};
use projections::State;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::xxh3_64_with_seed;

const CLIENTS: u32 = 4;
const TAGS: [&str; 3] = ["calm", "loud", "odd"];

/// Numbers that look random and can be had again: the seed of a failed run is in its message.
struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.drawn += 1;
        xxh3_64_with_seed(&self.drawn.to_le_bytes(), self.seed) % limit
    }
}

/// What a viewer has said about one video.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts {
    stars: u8,
    favorite: bool,
    tags: BTreeSet<&'static str>,
}

impl Facts {
    /// The facts after one more change, the page and form that ask for it. Never the same facts.
    fn change(&self, chance: &mut Chance) -> (Self, &'static str, String) {
        let mut next = self.clone();
        match chance.below(3) {
            0 => {
                next.stars = (self.stars + 1 + u8::try_from(chance.below(5)).expect("below 5")) % 6;
                let form = format!("stars={}", next.stars);
                (next, "rating", form)
            }
            1 => {
                next.favorite = !self.favorite;
                let form = format!("favorite={}", next.favorite);
                (next, "favorite", form)
            }
            _ => {
                let tag = TAGS[usize::try_from(chance.below(3)).expect("below 3")];
                let verb = if next.tags.remove(tag) { "remove" } else { "add" };
                if verb == "add" {
                    next.tags.insert(tag);
                }
                (next, "tags", format!("{verb}={tag}"))
            }
        }
    }

    fn of(state: &State, video: VideoId) -> Self {
        let tags = state.tags().of(video);
        Self {
            stars: state.ratings().get(video).map_or(0, |rated| rated.stars.get()),
            favorite: state.favorites().contains(video),
            tags: TAGS.into_iter().filter(|tag| tags.iter().any(|name| name.as_str() == *tag)).collect(),
        }
    }
}

/// A change that was sent and not answered.
#[derive(Debug)]
struct Open {
    then: Facts,
    page: &'static str,
    form: String,
    key: String,
}

/// One client's side of the story.
#[derive(Debug, Default)]
struct Client {
    video: u32,
    known: Facts,
    /// Acknowledged changes since the beginning.
    changes: u64,
    open: Option<Open>,
}

impl Client {
    /// Sends changes one after the other until the server is gone, and reports each acknowledgement.
    fn run(mut self, address: SocketAddr, mut chance: Chance, acknowledged: &Sender<()>) -> Self {
        let Ok(mut http) = crate::support::http::Client::connect(address) else {
            return self;
        };
        loop {
            let open = self.open.take().unwrap_or_else(|| {
                let (then, page, form) = self.known.change(&mut chance);
                let key = format!("{:016x}-{}-{}", chance.seed, self.video, chance.drawn);
                Open { then, page, form, key }
            });
            match http.post(&format!("/videos/{}/{}", self.video, open.page), &open.key, &open.form) {
                Ok(answer) if answer.status == 200 => {
                    self.known = open.then;
                    self.changes += 1;
                    // Nobody counts any more once the server is being killed.
                    let _ = acknowledged.send(());
                }
                Ok(answer) => panic!("{open:?} was refused: {answer:?}"),
                Err(_) => {
                    self.open = Some(open);
                    return self;
                }
            }
        }
    }

    /// Compares with what the log holds. An open change that is there has been acknowledged by it.
    fn check(&mut self, state: &State, changes: u64) {
        let found = Facts::of(state, VideoId::new(self.video).expect("from 1"));
        if found != self.known {
            let open = self.open.as_ref().unwrap_or_else(|| panic!("{self:?} lost something: {found:?}"));
            assert_eq!(found, open.then, "{self:?} lost something");
            assert_eq!(changes, self.changes + 1, "{self:?}: a change was written twice or not at all");
        } else {
            assert_eq!(changes, self.changes, "{self:?}: a change was written twice");
        }
    }
}

/// What a log holds.
struct Stored {
    state: State,
    /// How often facts of each video were changed.
    changes: Vec<u64>,
    redacted: BTreeSet<Pos>,
}

/// Opens the log as the server would, which verifies all of it.
fn read_log(data: &Path) -> Stored {
    let mut state = State::default();
    let mut changes = vec![0; CLIENTS as usize + 1];
    let mut redacted = BTreeSet::new();
    let mut last = 0;
    let _closing = closing_a_log();
    FjallLog::open(data, &Options::default(), &mut |recorded| {
        last += 1;
        assert_eq!(recorded.pos, last, "the log has a gap");
        if matches!(recorded.event, Event::Rating(_) | Event::Favorite(_) | Event::Tag(_)) {
            changes[recorded.event.video().expect("it is about a video").get() as usize] += 1;
        } else if matches!(recorded.event, Event::Redacted(_)) {
            redacted.insert(recorded.pos);
        }
        state.apply(&recorded);
    })
    .expect("the log is whole");
    assert_eq!(state.anomalies(), 0, "{:?}", state.first_anomaly());
    Stored { state, changes, redacted }
}

/// Kills the server on `folders` in so many `rounds` while clients change something and somebody takes `care`. In between,
/// after so many rounds, it may come to a clean end, which keeps a checkpoint, and the rounds after it begin there.
#[expect(clippy::print_stdout, reason = "the seed, shown with a failure")]
fn killed_again_and_again(folders: &Folders, rounds: u64, clean_after: u64, mut care: Care) -> Care {
    let seed = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("CRASH_SEED={seed} makes the same choices again");
    let mut chance = Chance { seed, drawn: 0 };
    let mut clients: Vec<Client> = (1..=CLIENTS).map(|video| Client { video, ..Client::default() }).collect();
    for round in 1..=rounds {
        let server = Server::on(folders, CLIENTS as usize);
        care.look(&server);
        let (acknowledged, count) = mpsc::channel();
        let (cared, care_taken) = mpsc::channel();
        let address = server.address;
        let chance_of = move |who: u32| Chance { seed: seed ^ (round << 8 | u64::from(who)), drawn: 0 };
        let waits_for_care = care.is_taken() && round.is_multiple_of(3);
        let taking_care = std::thread::spawn(move || care.run(address, &mut chance_of(0), &cared));
        let running: Vec<_> = clients
            .drain(..)
            .map(|client| {
                let (acknowledged, chance) = (acknowledged.clone(), chance_of(client.video));
                std::thread::spawn(move || client.run(address, chance, &acknowledged))
            })
            .collect();
        for _ in 0..=chance.below(20) {
            count.recv_timeout(PATIENCE).expect("changes are acknowledged");
        }
        if waits_for_care {
            care_taken.recv_timeout(PATIENCE).expect("care is taken");
        }
        // A little later, in the middle of whatever the server is doing then.
        let moment = Instant::now() + Duration::from_micros(chance.below(3_000));
        while count.recv_timeout(moment.saturating_duration_since(Instant::now())).is_ok() {}
        server.kill();
        clients.extend(running.into_iter().map(|client| client.join().expect("a client ends with the server")));
        care = taking_care.join().expect("it ends with the server");
        if care.is_taken() {
            let (code, said) = folders.tools("verify");
            assert_eq!(code, 0, "{said}");
        }
        let stored = read_log(&folders.data);
        care.check(&stored);
        let Stored { state, changes, .. } = stored;
        for client in &mut clients {
            client.check(&state, changes[client.video as usize]);
        }
        if round.is_multiple_of(clean_after) {
            let server = Server::on(folders, CLIENTS as usize);
            care.look(&server);
            assert!(server.terminate().success());
            // It may have written something of its own, such as what it found out about a file.
            let end = read_log(&folders.data).state.pos();
            let checkpoint = folders.data.join(format!("checkpoints/{end}.ckpt"));
            assert!(checkpoint.is_file(), "{} is missing", checkpoint.display());
        }
    }
    let changes: u64 = clients.iter().map(|client| client.changes).sum();
    assert!(changes > rounds, "only {changes} changes in {rounds} rounds");
    care
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    killed_again_and_again(&Folders::with(CLIENTS as usize), 100, 20, Care::Nothing);
}

#[test]
fn kill_9_while_viewings_are_forgotten_leaves_each_whole_or_gone() {
    let folders = Folders::with(CLIENTS as usize);
    assert!(Server::on(&folders, CLIENTS as usize).terminate().success());
    let care = killed_again_and_again(&folders, 15, 2, Care::Forgetting(Sittings::in_log(&folders)));
    assert!(matches!(care, Care::Forgetting(sittings) if sittings.forgotten > 0), "nothing was forgotten");
}

#[test]
fn kill_9_while_what_is_known_is_computed_anew_loses_nothing() {
    let folders = Folders::with(CLIENTS as usize);
    assert!(Server::on(&folders, CLIENTS as usize).terminate().success());
    // Enough to compute.
    Sittings::in_log(&folders);
    killed_again_and_again(&folders, 15, 4, Care::Rebuilding);
}
