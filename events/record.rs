//! The envelope: who, when, why and in which batch. Not the bytes on disk (that is `wire`).

use crate::event::Event;
use crate::values::Actor;

/// A place in the log: 1 for the first event, then without gaps. 0 means "before everything".
pub type Pos = u64;

/// One event as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log.
    pub pos: Pos,
    /// When it was written, ms since the epoch. Never smaller than that of the event before it.
    pub recorded_at_ms: i64,
    /// When it happened, ms since the epoch, as far as is known. Never used for ordering.
    pub occurred_at_ms: i64,
    /// The position of the first event of the command or job it belongs to.
    pub batch: Pos,
    /// Which door it came in by.
    pub cause: Cause,
    /// Which device asked for it.
    pub actor: Actor,
    /// The idempotency key of the command or imported record.
    pub command_id: CommandId,
    /// The position of the event this one answers (an undo); 0 for none.
    pub caused_by: Pos,
    /// What happened.
    pub event: Event,
}

/// The doors an event can come in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// A person on a page.
    Viewer,
    /// A program through the API.
    Api,
    /// The library was compared with the disk.
    Scan,
    /// Background work: probing, pictures.
    Worker,
    /// Data from another program.
    Import,
    /// Somebody took something back.
    Undo,
    /// A maintenance command.
    Tool,
}

impl Cause {
    /// Every cause, in the order of their stored numbers.
    pub const ALL: [Self; 7] =
        [Self::Viewer, Self::Api, Self::Scan, Self::Worker, Self::Import, Self::Undo, Self::Tool];

    /// The word shown to people and used in exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Api => "api",
            Self::Scan => "scan",
            Self::Worker => "worker",
            Self::Import => "import",
            Self::Undo => "undo",
            Self::Tool => "tool",
        }
    }
}

/// An idempotency key: which request, and what it asked for.
///
/// Two commands with the same `key` and the same `body` are one command sent twice; the same `key`
/// with another `body` is a client's mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandId {
    /// The client's key, or a random number when it sent none. 0 means "no key".
    pub key: u64,
    /// What was asked for.
    pub body: u64,
}

impl CommandId {
    /// Names the command `body` sent under the client's `key`.
    #[must_use]
    pub fn new(key: &[u8], body: &[u8]) -> Self {
        Self { key: xxhash_rust::xxh3::xxh3_64(key).max(1), body: xxhash_rust::xxh3::xxh3_64(body) }
    }
}
