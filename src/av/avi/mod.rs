//! What AVI shares with others.

pub(crate) mod format;
