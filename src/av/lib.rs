//! What is inside of a video file: which tracks it has, the frames in them, and pictures made of those.
//!
//! Pure functions of the bytes of a file: no process, no thread, no clock, and no panic or unbounded memory whatever the
//! bytes are. Which files there are, when they are looked at and what becomes of the outcome is known elsewhere; so is
//! the child process that this runs in, because the decoders are other people's work.
//!
//! Modules in reading order: [`source`] is where bytes come from, [`info`] what can be known of a file, [`demux`] the one
//! way into every container, [`bits`] how numbers are read, [`codec`] what configurations of codecs say, [`open()`] which
//! kind of file it is. `mp4`, `mkv` and `avi` read files of those kinds, the latter two through a `window`; `first_frame`
//! is asked where they know little of the picture. [`decode`] turns a key frame into samples, [`picture`] those into what
//! people see; [`cover()`] and [`storyboard()`] are made of them. [`remux`] is the way out of all containers into one that
//! browsers play, [`subtitles`] the words in a film.

mod avi;
pub mod bits;
#[cfg(test)]
mod clips;
pub mod codec;
mod cover;
pub mod decode;
pub mod demux;
mod error;
mod failure;
#[cfg(test)]
mod fake;
mod first_frame;
pub mod info;
mod mkv;
mod mp4;
mod open;
pub mod picture;
mod ratio;
pub mod remux;
pub mod source;
mod storyboard;
pub mod subtitles;
mod window;

pub use cover::{Cover, cover, cover_of};
pub use error::Error;
pub use failure::{Failure, Stage};
pub use open::open;
pub use storyboard::{Storyboard, storyboard};
