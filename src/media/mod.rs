//! The bytes of videos over HTTP: `GET /media/{id}/{name}`, the [`captions`] of them, the pictures made of them
//! ([`thumbnail`]), and of images: `GET /images/{id}/{name}`.
//!
//! [`video`] answers a request: [`crate::files`] opens the file, [`validators`] know whether the client has it already, [`range`]
//! knows which part it wants, [`body`](self) sends it within the bounds of [`traffic`].
//!
//! Where a browser cannot play the file, [`remux`] sends its streams in another container, in [`pieces`], and [`transcode`]
//! has the film made anew.
//!
//! Not here: which videos there are (`projections`), and who makes pictures of them. Nothing limits how long a stream may
//! take: people pause.

mod body;
pub mod captions;
pub mod image;
mod pieces;
mod range;
pub mod remux;
pub mod thumbnail;
pub mod traffic;
pub mod transcode;
mod validators;
pub mod video;

use crate::decoder::transcode::Transcoder;
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
    transcoder: Transcoder,
    found: captions::inside::Found,
}

impl Media {
    /// Sends the videos that `live` knows, within the bounds of `traffic`, has them made anew by the `transcoder`, and sends
    /// the pictures of the `store`; those that are missing there are `wanted`.
    #[must_use]
    pub fn new(live: Live, traffic: Traffic, store: Store, wanted: Wanted, transcoder: Transcoder) -> Self {
        Self { live, traffic, store, wanted, transcoder, found: captions::inside::Found::default() }
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
