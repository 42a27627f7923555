//! What is left of an event whose content was erased.

use super::{Event, View};

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

impl Event {
    /// Whether a person can have it forgotten: that something was watched, or where somebody stopped in it.
    #[must_use]
    pub fn can_be_redacted(&self) -> bool {
        match self {
            Self::View(View::Started { .. }) | Self::Playback(_) => true,
            // Counts of many views, which others build on. What takes a view back goes with that view alone.
            Self::View(View::Counted { .. } | View::RolledUp { .. } | View::Withdrawn { .. })
            | Self::Video(_)
            | Self::Rating(_)
            | Self::Favorite(_)
            | Self::Tag(_)
            | Self::Playlist(_)
            | Self::Thumbnail(_)
            | Self::Import(_)
            | Self::Image(_)
            | Self::Group(_)
            | Self::Maintenance(_)
            | Self::Redacted(_) => false,
        }
    }
}
