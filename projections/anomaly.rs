//! Events that do not fit what is known: they are ignored and counted, never a reason to stop.
//!
//! A log written by this program has none. Not for refusing wishes: that is `decide`.

use events::Pos;

use crate::bytes::{Decoder, Encoder};

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

impl Anomaly {
    /// All of them.
    const ALL: [Self; 16] = [
        Self::Gap,
        Self::UnknownVideo,
        Self::ForgottenVideo,
        Self::VideoNumber,
        Self::UnknownTag,
        Self::UnknownPlaylist,
        Self::PlaylistNumber,
        Self::UnknownItem,
        Self::ItemNumber,
        Self::UnpairedImport,
        Self::UnknownImage,
        Self::ImageNumber,
        Self::UnknownGroup,
        Self::GroupNumber,
        Self::GroupSlug,
        Self::GroupMember,
    ];

    fn number(self) -> u8 {
        self as u8
    }
}

/// How many events were odd, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Anomalies {
    pub(crate) count: u64,
    pub(crate) first: Option<(Pos, Anomaly)>,
}

impl Anomalies {
    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { count, first } = self;
        into.number(*count);
        into.option(*first, |into, (pos, anomaly)| {
            into.number(pos);
            into.number(anomaly.number());
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let count = from.number()?;
        let first = from.option(|from| {
            let (pos, number) = (from.number()?, from.number::<u8>()?);
            let anomaly = Anomaly::ALL.into_iter().find(|anomaly| anomaly.number() == number)?;
            Some((pos, anomaly))
        })?;
        Some(Self { count, first })
    }

    pub(crate) fn note(&mut self, pos: Pos, anomaly: Anomaly) {
        self.count += 1;
        self.first.get_or_insert((pos, anomaly));
    }
}
