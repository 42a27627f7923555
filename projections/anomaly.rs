//! Events that do not fit what is known: they are ignored and counted, never a reason to stop.
//!
//! A log written by this program has none. Not for refusing wishes: that is `decide`.

use events::Pos;

/// Why an event was ignored (or, for [`Anomaly::Gap`], why it should not have come now).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anomaly {
    /// It has not the position after the last one; one seen before is ignored, a later one is applied.
    Gap,
    /// It is about a video that was never found.
    UnknownVideo,
    /// It is about a video that is gone for good.
    ForgottenVideo,
    /// It gives a new video another number than the next one.
    VideoNumber,
    /// It renames or merges a tag that no video ever had.
    UnknownTag,
    /// It is about a playlist that does not exist.
    UnknownPlaylist,
    /// It gives a new playlist another number than the next one.
    PlaylistNumber,
    /// It is about an entry that is not in its playlist.
    UnknownItem,
    /// It gives a new entry a number that its playlist has used before.
    ItemNumber,
    /// It ends an import that did not begin.
    UnpairedImport,
    /// It is about an image that was never found.
    UnknownImage,
    /// It gives a new image another number than the next one.
    ImageNumber,
    /// It is about a group that does not exist.
    UnknownGroup,
    /// It gives a new group another number than the next one.
    GroupNumber,
    /// It gives a new group an address that another has.
    GroupSlug,
    /// It puts an image into a group that holds it, or takes one that is not in it.
    GroupMember,
}

/// How many events were odd, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Anomalies {
    pub(crate) count: u64,
    pub(crate) first: Option<(Pos, Anomaly)>,
}

impl Anomalies {
    pub(crate) fn note(&mut self, pos: Pos, anomaly: Anomaly) {
        self.count += 1;
        self.first.get_or_insert((pos, anomaly));
    }
}
