//! The bytes of videos over HTTP: `GET /media/{id}/{name}`, the [`captions`] of them, and of images:
//! `GET /images/{id}/{name}`.
//!
//! [`video`] answers a request: [`path`] opens the file, [`validators`] know whether the client has it already, [`range`]
//! knows which part it wants, [`body`](self) sends it within the bounds of [`traffic`].
//!
//! Where a browser cannot play the file, [`remux`] sends its streams in another container, in [`pieces`], and [`transcode`]
//! has the film made anew.
//!
//! Not here: which videos there are (`projections`), and pictures of them. Nothing limits how long a stream may take: people
//! pause.

mod body;
pub mod captions;
pub mod image;
mod path;
mod pieces;
mod range;
pub mod remux;
pub mod traffic;
pub mod transcode;
mod validators;
pub mod video;

use crate::decoder::transcode::Transcoder;
use projections::Live;
use traffic::Traffic;

/// What is needed to send videos. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    live: Live,
    traffic: Traffic,
    transcoder: Transcoder,
    found: captions::inside::Found,
}

impl Media {
    /// Sends the videos that `live` knows, within the bounds of `traffic`, and has them made anew by the `transcoder`.
    #[must_use]
    pub fn new(live: Live, traffic: Traffic, transcoder: Transcoder) -> Self {
        Self { live, traffic, transcoder, found: captions::inside::Found::default() }
    }

    /// What is being sent, for those who show it or keep out of its way.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}
