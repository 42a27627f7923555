//! What can happen in the gallery, and the append-only log it is kept in.
//!
//! The rules of the vocabulary: an event is past tense, names one fact, carries everything needed to
//! apply it, and is never edited once stored. Nothing in this crate decides whether something *may*
//! happen (that is `decide` in the server) or what is known *because* it happened (that is the
//! `projections` crate).
//!
//! Modules in reading order: [`event`] is the vocabulary, [`record`] the envelope around each event,
//! [`values`] the words events are made of, [`container`] the one table of file formats, [`hex`] how
//! bytes are written for people, [`wire`] how records become bytes, [`jsonl`] how they become text,
//! [`log`] the log they are kept in.

pub mod container;
pub mod event;
pub mod hex;
pub mod jsonl;
pub mod log;
pub mod record;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod sample;
pub mod values;
pub mod wire;

pub use event::Event;
pub use record::{Cause, CommandId, Pos, Recorded};
pub use values::{
    Actor, Fingerprint, GroupId, GroupName, GroupSlug, ImageId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars,
    TagName, VideoId,
};
