//! What whoever looks after the gallery had done with it.

/// A task ended: verifying the log, say, or carrying a backup away. It changes nothing that is known of videos; what it
/// led to (files that are gone, data brought in) is in events of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maintenance {
    /// It was done, and all was well.
    Done {
        /// What was asked for, in a word, such as `verify`.
        task: String,
        /// What came of it, in a sentence or two.
        summary: String,
    },
    /// It found something wrong, or could not be done.
    Failed {
        /// What was asked for.
        task: String,
        /// What came of it.
        summary: String,
    },
    /// Somebody called it off.
    Cancelled {
        /// What was asked for.
        task: String,
        /// What is done all the same.
        summary: String,
    },
}
