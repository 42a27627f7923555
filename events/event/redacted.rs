//! What is left of an event whose content was erased.

/// A viewing or a resume position that somebody wanted forgotten. It says nothing about a video any more.
///
/// What stays is the envelope (when it was written, which device asked, in which batch), what kind of event it
/// was, and the SHA-256 of what was erased, without which nobody could check that the rest of the log is still
/// what was written. Who has the log can try out which video fits that hash, and the hash of the command in the
/// envelope: the content is out of sight and out of every projection, but it is not a secret against its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The stored number of its kind.
    pub kind: u16,
    /// The version of the shape its content had.
    pub version: u8,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
}
