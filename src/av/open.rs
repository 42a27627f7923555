//! Which kind of file this is, by its first bytes. Names of files say nothing here.

use crate::demux::Demuxer;
use crate::{Error, avi, mkv, mp4, source::Source};

/// Boxes a film of this family may begin with.
const BOXES: [&[u8; 4]; 13] = [
    b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"moof", b"styp", b"sidx", b"pnot", b"uuid", b"meta", b"PICT",
];

/// Opens a file: reads its head, and no frame.
///
/// # Errors
/// [`Error::Damaged`] when it is no video file that is known here, or its head is broken; [`Error::Unsupported`] for the
/// kinds that are known and not read; [`Error::Read`].
pub fn open(source: Source) -> Result<Box<dyn Demuxer>, Error> {
    let head = source.some(0, 512)?;
    if head.is_empty() {
        return Err(Error::Damaged("the file is empty"));
    }
    if head.get(4..8).is_some_and(|name| BOXES.iter().any(|known| *known == name)) {
        return mp4::open(source);
    }
    if head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        return mkv::open(source);
    }
    if head.starts_with(b"RIFF") && head.get(8..11) == Some(b"AVI") {
        return avi::open(source);
    }
    match other(&head) {
        Some(name) => Err(Error::Unsupported(name.to_owned())),
        None => Err(Error::Damaged("this is no video file that is known here")),
    }
}

/// Kinds of files that are known and not read.
fn other(head: &[u8]) -> Option<&'static str> {
    let sync = |at: usize, step: usize| (0..2).all(|packet| head.get(at + packet * step) == Some(&0x47));
    match head {
        [b'O', b'g', b'g', b'S', ..] => Some("an Ogg file"),
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => Some("a Windows Media file"),
        [b'F', b'L', b'V', 1, ..] => Some("a Flash video file"),
        [b'.', b'R', b'M', b'F', ..] => Some("a RealMedia file"),
        [0, 0, 1, 0xba, ..] => Some("an MPEG program stream"),
        [0, 0, 1, 0xb3, ..] => Some("an MPEG video stream"),
        _ if sync(0, 188) || sync(4, 192) => Some("an MPEG transport stream"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        let len = bytes.len() as u64;
        open(Source::new(bytes.to_vec(), len)).err().map_or(String::new(), |error| error.to_string())
    }

    #[test]
    fn what_is_not_read_is_named() {
        let mut stream = vec![0; 400];
        for at in [0, 188] {
            stream.splice(at..at + 1, [0x47]);
        }
        assert_eq!(refused(b""), "the file is empty");
        assert_eq!(refused(b"OggS\0\x02"), "an Ogg file is not supported");
        assert_eq!(refused(&[0, 0, 1, 0xba, 0x44]), "an MPEG program stream is not supported");
        assert_eq!(refused(&stream), "an MPEG transport stream is not supported");
        assert_eq!(refused(b"hello, world"), "this is no video file that is known here");
        assert_eq!(refused(b"\0\0\0\x10ftypisom\0\0\0\0"), "the moov box is missing");
    }
}
