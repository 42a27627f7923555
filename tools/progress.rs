//! How far long work has come: a bar for a person at a terminal, a number for a server's job.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// The work was cancelled. What it had begun is undone, or was never visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled; nothing was changed")]
pub struct Cancelled;

/// Somebody who wants to know how far the work has come, and can cancel it.
pub trait Progress: Send {
    /// A part of the work begins: what it is, such as “reading the log”, and how much there is to do; 0 when
    /// that is not known.
    fn begin(&mut self, part: &str, of: u64);

    /// So much of the part is done.
    ///
    /// # Errors
    /// [`Cancelled`]: the work shall end here.
    fn reached(&mut self, done: u64) -> Result<(), Cancelled>;
}

/// Nobody wants to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&mut self, _part: &str, _of: u64) {}

    fn reached(&mut self, _done: u64) -> Result<(), Cancelled> {
        Ok(())
    }
}

/// A bar on the standard error output, gone when the work is done.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Progress for Bar {
    fn begin(&mut self, part: &str, of: u64) {
        let template =
            if of > 0 { "{msg} {wide_bar} {human_pos} of {human_len}" } else { "{msg} {spinner} {human_pos}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self.0.set_message(part.to_owned());
        self.0.set_length(of);
        self.0.set_position(0);
    }

    fn reached(&mut self, done: u64) -> Result<(), Cancelled> {
        self.0.set_position(done);
        Ok(())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A bar when a person looks at the standard error output, else nothing. `streaming`: the work prints all the while, so
/// that on the same terminal a bar would be in the way.
#[must_use]
pub fn of_terminal(streaming: bool) -> Box<dyn Progress> {
    let hidden = !std::io::stderr().is_terminal() || (streaming && std::io::stdout().is_terminal());
    if hidden {
        return Box::new(Quiet);
    }
    let bar = ProgressBar::new(0);
    bar.enable_steady_tick(Duration::from_millis(200));
    Box::new(Bar(bar))
}
