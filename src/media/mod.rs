//! The bytes of videos over HTTP: `GET /media/{id}/{name}`, the [`captions`] beside them, the pictures made of them
//! ([`thumbnail`]), and of images: `GET /images/{id}/{name}`.
//!
//! [`video`] answers a request: [`crate::files`] opens the file, [`validators`] know whether the client has it already, [`range`]
//! knows which part it wants, [`body`](self) sends it within the bounds of [`traffic`].
//!
//! Not here: which videos there are (`projections`), and who makes pictures of them. Nothing here compresses, and nothing
//! limits how long a stream may take: people pause.

mod body;
pub mod captions;
pub mod image;
mod range;
pub mod thumbnail;
pub mod traffic;
mod validators;
pub mod video;

use crate::thumbnails::Store;
use crate::thumbnails::wanted::Wanted;
use projections::Live;
use traffic::Traffic;

/// What is needed to send videos and pictures of them. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    live: Live,
    traffic: Traffic,
    store: Store,
    wanted: Wanted,
}

impl Media {
    /// Sends the videos that `live` knows, within the bounds of `traffic`, and the pictures of the `store`; those that are
    /// missing there are `wanted`.
    #[must_use]
    pub fn new(live: Live, traffic: Traffic, store: Store, wanted: Wanted) -> Self {
        Self { live, traffic, store, wanted }
    }

    /// What is being sent, for those who show it or keep out of its way.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The pictures there are.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The pictures that somebody waits for.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }
}
