//! ISO base media files and QuickTime films: MP4, M4V, MOV, 3GP, whole or in fragments. Only what is asked for is read: to
//! open one, its head; for a frame, that frame.
//!
//! Modules in reading order: `boxes` is how everything is wrapped, `movie` the head, `track` and `entry` what it says of each
//! track, `sound` and `words` the more winding parts of that, `table` where samples are and when (in a `part` of the head), `fragment` and `index` the
//! same for films in fragments, `reader` how packets come out.

mod boxes;
mod entry;
mod fragment;
#[cfg(test)]
mod handmade;
mod index;
mod movie;
mod part;
mod reader;
mod sound;
mod table;
#[cfg(test)]
mod tests;
mod track;
mod words;

use crate::demux::Demuxer;
use crate::{Error, source::Source};
use boxes::Walk;
use movie::{MAX_HEAD_BYTES, Movie, container};
use std::sync::Arc;

/// More boxes than this before the head are not gone through.
const MAX_BOXES: usize = 10_000;

/// Opens a film.
///
/// # Errors
/// [`Error::Damaged`] without a head, [`Error::Unsupported`] for an encrypted film, [`Error::Read`].
pub(crate) fn open(source: Source) -> Result<Box<dyn Demuxer>, Error> {
    let mut walk = Walk::new(0);
    let mut ftyp = None;
    for _ in 0..MAX_BOXES {
        let Some(top) = walk.next(&source)? else { break };
        match &top.name {
            b"ftyp" => ftyp = Some(walk.body(&source, top, 4 << 10)?),
            b"moov" => {
                let moov = walk.body(&source, top, MAX_HEAD_BYTES)?;
                let movie = Movie::read(&Arc::new(moov), container(ftyp.as_deref()), &source)?;
                if top.cut && movie.streams.iter().all(|stream| stream.table.count() == 0) {
                    return Err(Error::Damaged("the moov box is cut short"));
                }
                return Ok(Box::new(reader::Reader::new(source, movie, walk.at())?));
            }
            _ => {}
        }
    }
    Err(Error::Damaged("the moov box is missing"))
}
