//! The bytes of videos over HTTP: `GET /media/{id}/{name}`, the [`captions`] beside them, and of images:
//! `GET /images/{id}/{name}`.
//!
//! [`video`] answers a request: [`crate::files`] opens the file, [`validators`] know whether the client has it already, [`range`]
//! knows which part it wants, [`body`](self) sends it within the bounds of [`traffic`].
//!
//! Not here: which videos there are (`projections`), and pictures of them. Nothing here compresses, and nothing limits how
//! long a stream may take: people pause.

mod body;
pub mod captions;
pub mod image;
mod range;
pub mod traffic;
mod validators;
pub mod video;

use projections::Live;
use traffic::Traffic;

/// What is needed to send videos. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    live: Live,
    traffic: Traffic,
}

impl Media {
    /// Sends the videos that `live` knows, within the bounds of `traffic`.
    #[must_use]
    pub fn new(live: Live, traffic: Traffic) -> Self {
        Self { live, traffic }
    }

    /// What is being sent, for those who show it or keep out of its way.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}
