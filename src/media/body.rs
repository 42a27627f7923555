//! The bytes of a file as the body of a response, piece by piece.
//!
//! What is in the page cache is read right here by `preadv2` with `RWF_NOWAIT`, which costs a fraction of a trip to
//! another thread. What is not is read by a thread that may block, and so is everything on file systems that do not know
//! the flag. There is never more than one piece read ahead of the socket: the server asks for the next one when the last
//! has gone out (see `web::server`).
//!
//! A file that becomes shorter while it is sent ends the body with an error, and so the connection: the length was
//! promised, and nothing is made up.

use super::traffic::{Piece, Place, What};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// A file that is being sent. Lives as long as anybody reads from it.
#[derive(Debug)]
pub(super) struct Stream {
    /// Which it is, for the log.
    pub(super) what: What,
    /// The file.
    pub(super) file: File,
    /// Its place among the streams.
    pub(super) place: Place,
}

/// Some consecutive bytes of a file.
#[derive(Debug)]
pub(super) struct FileBody {
    stream: Arc<Stream>,
    next: u64,
    end: u64,
    /// A read that could not be answered from memory.
    reading: Option<JoinHandle<io::Result<Piece>>>,
    /// Whether the file system refuses to say that a read would block.
    blocks: bool,
}

impl FileBody {
    /// The bytes of the file from `next` up to, not including, `end`.
    pub(super) fn new(stream: Stream, next: u64, end: u64) -> Self {
        Self { stream: Arc::new(stream), next, end, reading: None, blocks: false }
    }

    /// The next piece, if it is in memory.
    fn read_cached(&mut self) -> Option<io::Result<Piece>> {
        if self.blocks {
            return None;
        }
        let mut piece = self.stream.place.piece(self.end - self.next);
        let file = &self.stream.file;
        match preadv2(file, &mut [IoSliceMut::new(piece.space())], self.next, ReadWriteFlags::NOWAIT) {
            Ok(read) => Some(Ok(piece.filled(read))),
            Err(Errno::AGAIN | Errno::INTR) => None,
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                self.blocks = true;
                None
            }
            Err(error) => Some(Err(error.into())),
        }
    }

    /// Starts to read the next piece on a thread that may wait for the disk.
    fn read_blocking(&self) -> JoinHandle<io::Result<Piece>> {
        let (stream, at, left) = (Arc::clone(&self.stream), self.next, self.end - self.next);
        spawn_blocking(move || {
            let mut piece = stream.place.piece(left);
            loop {
                match stream.file.read_at(piece.space(), at) {
                    Ok(read) => return Ok(piece.filled(read)),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        })
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Piece>> {
        if self.reading.is_none() {
            if let Some(read) = self.read_cached() {
                return Poll::Ready(read);
            }
            self.reading = Some(self.read_blocking());
        }
        let Some(reading) = &mut self.reading else { return Poll::Pending };
        let read = ready!(Pin::new(reading).poll(context));
        self.reading = None;
        Poll::Ready(read.map_err(io::Error::other).flatten())
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.next == self.end {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_piece(context)).and_then(|piece| match piece.as_ref().len() {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was sent")),
            _ => Ok(piece),
        });
        match piece {
            Ok(piece) => {
                self.next += piece.as_ref().len() as u64;
                self.stream.place.count(piece.as_ref().len());
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(piece)))))
            }
            Err(error) => {
                let what = self.stream.what;
                tracing::warn!(%what, at = self.next, %error, "a file could not be sent to its end");
                self.next = self.end;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.next == self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.next)
    }
}
