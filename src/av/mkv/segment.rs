//! What stands before the first cluster of a segment, or is pointed at from there: where everything is (RFC 9559 §5.1,
//! §6). Elements come in any order.

use super::ebml::{self, Elements, Head};
use super::{chapters, ids};
use crate::Error;
use crate::info::{Chapter, Container};
use crate::window::Window;

/// Elements before the first cluster, or in an index of them, that are looked at.
const MAX_ELEMENTS: usize = 256;
/// The largest element that is read into memory, in bytes. Tracks with attached setups are well below.
pub(crate) const MAX_ELEMENT_BYTES: u64 = 16 << 20;
/// From the epoch to the beginning of 2001, in ms: where the dates of EBML begin (RFC 8794 §7.6).
const MILLENNIUM_MS: i64 = 978_307_200_000;
/// Nanoseconds in a tick where the file does not say (RFC 9559 §5.1.2.9).
const DEFAULT_SCALE: u64 = 1_000_000;

/// The head of a segment.
pub(crate) struct Segment {
    /// Matroska, or the part of it that is `WebM`.
    pub(crate) container: Container,
    /// Where its body begins in the file.
    pub(crate) body: u64,
    /// Where it ends in the file.
    pub(crate) end: u64,
    /// Where its first cluster is, or its end.
    pub(crate) clusters: u64,
    /// Where its index is.
    pub(crate) cues: Option<u64>,
    /// The body of `Tracks`.
    pub(crate) tracks: Vec<u8>,
    /// Its chapters by time.
    pub(crate) chapters: Vec<Chapter>,
    /// Nanoseconds in a tick.
    pub(crate) scale: u64,
    /// Its duration in ms; 0 if it does not say.
    pub(crate) duration_ms: u64,
    /// When it was made, ms since the epoch.
    pub(crate) created_at_ms: Option<i64>,
    /// What it is called.
    pub(crate) title: String,
}

impl Segment {
    /// Reads the head of the first segment of a file.
    pub(crate) fn read(window: &mut Window) -> Result<Self, Error> {
        let (container, at) = document(window)?;
        let (body, end) = segment(window, at)?;
        let mut segment = Self {
            container,
            body,
            end,
            clusters: end,
            cues: None,
            tracks: Vec::new(),
            chapters: Vec::new(),
            scale: DEFAULT_SCALE,
            duration_ms: 0,
            created_at_ms: None,
            title: String::new(),
        };
        let mut places = segment.read_to_clusters(window)?;
        // Pointers may lead to more pointers, and to what was read already.
        let mut seen = Vec::new();
        while let Some(place) = places.pop().filter(|_| seen.len() < MAX_ELEMENTS) {
            if (segment.clusters..end).contains(&place) && !seen.contains(&place) {
                seen.push(place);
                if let Some(head) = Head::at(window, place)? {
                    places.extend(segment.element(window, place, head)?);
                }
            }
        }
        if segment.tracks.is_empty() { Err(Error::Damaged("its list of tracks is missing")) } else { Ok(segment) }
    }

    /// Reads what stands before the first cluster; gives where more is said to be.
    fn read_to_clusters(&mut self, window: &mut Window) -> Result<Vec<u64>, Error> {
        let mut places = Vec::new();
        let mut at = self.body;
        for _ in 0..MAX_ELEMENTS {
            let Some(head) = Head::at(window, at)?.filter(|_| at < self.end) else { break };
            if head.id == ids::CLUSTER {
                self.clusters = at;
                break;
            }
            places.extend(self.element(window, at, head)?);
            let Some(size) = head.size else { break };
            at = at.saturating_add(head.len).saturating_add(size);
        }
        Ok(places)
    }

    /// Reads one element; of an index of elements it gives where they are.
    fn element(&mut self, window: &mut Window, place: u64, head: Head) -> Result<Vec<u64>, Error> {
        let body = place.saturating_add(head.len);
        let left = self.end.saturating_sub(body).min(MAX_ELEMENT_BYTES);
        let mut read = || window.read(body, head.size.unwrap_or(left).min(left), MAX_ELEMENT_BYTES as usize);
        match head.id {
            ids::SEEK_HEAD => return Ok(self.seek_places(&read()?)),
            ids::INFO => self.about(&read()?),
            ids::TRACKS if self.tracks.is_empty() => self.tracks = read()?,
            ids::CHAPTERS if self.chapters.is_empty() => self.chapters = chapters::parse(&read()?),
            ids::CUES => self.cues = Some(place),
            _ => {}
        }
        Ok(Vec::new())
    }

    /// Where an index of elements says those are that we want (RFC 9559 §5.1.1).
    fn seek_places(&self, body: &[u8]) -> Vec<u64> {
        let wanted = [ids::SEEK_HEAD, ids::INFO, ids::TRACKS, ids::CHAPTERS, ids::CUES];
        let mut places = Vec::new();
        for (_, seek) in Elements(body).filter(|(id, _)| *id == ids::SEEK).take(MAX_ELEMENTS) {
            let find = |wanted: u32| Elements(seek).find(|(id, _)| *id == wanted).map(|(_, body)| ebml::uint(body));
            if let (Some(id), Some(place)) = (find(ids::SEEK_ID), find(ids::SEEK_POSITION))
                && wanted.iter().any(|wanted| u64::from(*wanted) == id)
            {
                places.push(self.body.saturating_add(place));
            }
        }
        places
    }

    /// What the segment says about itself (RFC 9559 §5.1.2).
    fn about(&mut self, body: &[u8]) {
        let mut ticks = 0.0;
        for (id, value) in Elements(body) {
            match id {
                ids::TIMESTAMP_SCALE => {
                    // More than four seconds a tick is no film, and would not fit where times are worked out.
                    let sane = |scale: &u64| (1..=u64::from(u32::MAX)).contains(scale);
                    self.scale = Some(ebml::uint(value)).filter(sane).unwrap_or(self.scale)
                }
                ids::DURATION => ticks = ebml::float(value),
                ids::DATE_UTC => {
                    let since = Some(ebml::int(value)).filter(|since| *since != 0);
                    self.created_at_ms = since.map(|since| MILLENNIUM_MS.saturating_add(since / 1_000_000));
                }
                ids::TITLE => self.title = ebml::text(value),
                _ => {}
            }
        }
        // A cast of a number that is too large or below 0 gives the nearest that fits.
        self.duration_ms = (ticks * self.scale as f64 / 1e6).round() as u64;
    }
}

/// The kind of document a file says it is, and where its header ends (RFC 8794 §11.2.4).
fn document(window: &mut Window) -> Result<(Container, u64), Error> {
    let wrong = Error::Damaged("it does not begin like a Matroska file");
    let Some(head) = Head::at(window, 0)?.filter(|head| head.id == ids::EBML) else { return Err(wrong) };
    let Some(size) = head.size.filter(|size| *size <= 4096) else { return Err(wrong) };
    let header = window.read(head.len, size, 4096)?;
    let kind = Elements(&header).find(|(id, _)| *id == ids::DOC_TYPE).map(|(_, kind)| ebml::text(kind));
    match kind.as_deref() {
        Some("webm") => Ok((Container::WebM, head.len + size)),
        // The default of the format.
        Some("matroska") | None => Ok((Container::Matroska, head.len + size)),
        Some(other) => Err(Error::Unsupported(format!("the kind of file {other:.40}"))),
    }
}

/// Where the body of the first segment begins and ends.
fn segment(window: &mut Window, mut at: u64) -> Result<(u64, u64), Error> {
    for _ in 0..MAX_ELEMENTS {
        let Some(head) = Head::at(window, at)? else { break };
        let body = at.saturating_add(head.len);
        if head.id == ids::SEGMENT {
            let end = head.size.map_or(window.len(), |size| body.saturating_add(size).min(window.len()));
            return Ok((body, end));
        }
        let Some(size) = head.size else { break };
        at = body.saturating_add(size);
    }
    Err(Error::Damaged("there is no segment in it"))
}
