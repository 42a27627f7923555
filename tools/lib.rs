//! The maintenance commands of the gallery as a library.
//!
//! [`legacy`] reads the old program's catalogue.

pub mod legacy;
