//! What a command refuses to do, and the codes the program ends with.

use crate::{CannotOpen, NoLog, legacy};
use events::log::{AppendError, ReadError, RedactError};
use std::error::Error;
use std::io;

/// Something that was handed to a command, or stands where it wants to write, is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A file or folder to read is damaged, cut off, changed, or of another library.
    #[error("{0}")]
    BadInput(String),
    /// Something is where the command wants to write.
    #[error("{0}")]
    InTheWay(String),
    /// A log was verified and is not whole.
    #[error("{text}")]
    Unsound {
        /// The exit code of the first finding.
        code: u8,
        /// What to say at the end.
        text: String,
    },
    /// The log is fine, but something made from it is not; it can be made again.
    #[error("{0}")]
    Derived(String),
}

impl Refusal {
    /// The exit code of the program when it ends because of this.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::BadInput(_) => 65,
            Self::InTheWay(_) => 73,
            Self::Unsound { code, .. } => *code,
            Self::Derived(_) => 89,
        }
    }
}

/// The codes that commands end with besides those of the log: the code, and what it says.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (1, "something else went wrong; the text says what"),
    (65, "an export or a backup is damaged, cut off, changed, or of another library; nothing was written"),
    (66, "there is nothing to read: no log, no catalogue of the old program, no export or backup"),
    (73, "something is in the way where the command wants to write: a log, a file, a folder with other things in it"),
    (74, "a disk failed, or the log could not be written"),
    (
        89,
        "the log is whole, but something that is made from it is not: `tools rebuild` takes it away, and the next start makes it anew",
    ),
];

/// The code the program ends with after `error`; see [`EXIT_CODES`], and the log's own codes if it cannot be
/// opened.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    const OTHER: u8 = 1;
    const NO_INPUT: u8 = 66;
    const IO_ERROR: u8 = 74;
    if let Some(CannotOpen(error)) = error.downcast_ref() {
        error.exit_code()
    } else if let Some(refusal) = error.downcast_ref::<Refusal>() {
        refusal.exit_code()
    } else if error.is::<NoLog>() || error.is::<legacy::NothingFound>() || is_absent(error) {
        NO_INPUT
    } else if error.chain().any(is_of_the_disk) {
        IO_ERROR
    } else {
        OTHER
    }
}

/// Whatever else was said about it on the way.
fn is_of_the_disk(cause: &(dyn Error + 'static)) -> bool {
    let redacting = |error: &RedactError| !matches!(error, RedactError::NotRedactable { .. });
    cause.is::<AppendError>()
        || cause.is::<ReadError>()
        || cause.is::<io::Error>()
        || cause.downcast_ref().is_some_and(redacting)
}

fn is_absent(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error that came from another.
    #[derive(Debug, thiserror::Error)]
    #[error("it did not work")]
    struct Outer(#[source] Box<dyn Error + Send + Sync>);

    #[test]
    fn a_disk_that_failed_is_known_under_whatever_was_said_about_it() {
        let failed = || Box::new(io::Error::other("the disk failed"));
        let causes: [Box<dyn Error + Send + Sync>; 5] = [
            failed(),
            Box::new(ReadError::Missing { pos: 7 }),
            Box::new(AppendError::Unknown(failed())),
            Box::new(RedactError::Unknown(failed())),
            Box::new(Outer(failed())),
        ];
        for cause in causes {
            let text = cause.to_string();
            assert_eq!(exit_code(&anyhow::Error::new(Outer(cause)).context("while it was tried")), 74, "{text}");
        }
        let others: [Box<dyn Error + Send + Sync>; 2] =
            ["no reason".into(), RedactError::NotRedactable { pos: 7 }.into()];
        for cause in others {
            assert_eq!(exit_code(&anyhow::Error::new(Outer(cause))), 1);
        }
    }
}
