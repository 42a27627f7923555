//! What package `av` makes of a file, in the words of this module.

use super::made::{Failure, Made, Task};
use std::fs::File;

/// Does `task` on `file`.
///
/// # Errors
/// [`Failure`].
pub(super) fn make(file: &File, task: Task) -> Result<Made, Failure> {
    let _ = file;
    Err(Failure { stage: task.stage(), reason: "the codec is not supported".to_owned(), decoder: String::new() })
}
