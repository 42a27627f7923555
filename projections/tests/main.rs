//! What the projections promise: each noun by given/when/then, lists against a model that is too simple
//! to be wrong, and the same state whichever way it is built.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

mod checkpoint;
mod difference;
mod images;
mod language;
mod lists;
mod live;
mod model;
mod nouns;
mod playlists;
mod search;
mod statistics;
mod story;
mod stream;
mod tags;
mod typos;
mod ways;
