//! Looking into video files without being hurt by them: decoding happens in a child process with limits, because decoders
//! are other people's work and files come from anywhere. This module is both sides, the one that asks and the one that is
//! asked.
//!
//! Modules in reading order: [`made`] is what is asked for and what comes of it, `frame` how that crosses the socket
//! between the two, `verify` what is believed of it; `parent` and `process` are the side of the server, `child` and
//! `limits` the other one, which does the work with `inside` or, for what that does not know, `ffmpeg`.
//!
//! [`transcode`] is apart from these: it has ffmpeg make a film anew while it is watched.
//!
//! Not here: what is inside of video files, which is package `av`, and which file is looked at when and what becomes of
//! the outcome, which is the business of a job.

mod child;
mod ffmpeg;
mod frame;
mod inside;
mod limits;
pub mod made;
mod parent;
mod process;
pub mod transcode;
mod verify;

pub use child::serve;
pub use made::{Cover, Failure, Jpeg, Made, Probed, Stage, Storyboard, Task};
pub use parent::{Allowance, Decoder, Unmade};
