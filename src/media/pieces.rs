//! A stream that is made while it is sent, as the body of a response. Its length is not known beforehand.
//!
//! The next piece is made on a thread that may block while the last one goes out, and none before that: at most two are in
//! memory, and whoever stops reading holds no thread. When the client leaves, the maker is dropped after the piece it is at.

use super::traffic::Place;
use bytes::Bytes;
use events::VideoId;
use http_body::{Body, Frame};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// Makes the next piece; nothing at the end.
pub(super) type Maker = Box<dyn FnMut() -> Result<Option<Vec<u8>>, av::Error> + Send>;

type Made = (Maker, Result<Option<Vec<u8>>, av::Error>);

/// A stream that is being sent.
pub(super) struct Pieces {
    video: VideoId,
    place: Place,
    /// What was made before the answer began.
    first: Bytes,
    making: Option<JoinHandle<Made>>,
}

impl Pieces {
    /// First these bytes, then what `maker` makes.
    pub(super) fn new(video: VideoId, place: Place, first: Bytes, maker: Maker) -> Self {
        Self { video, place, first, making: Some(make(maker)) }
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("video", &self.video).finish_non_exhaustive()
    }
}

fn make(mut maker: Maker) -> JoinHandle<Made> {
    spawn_blocking(move || {
        let made = maker();
        (maker, made)
    })
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = if self.first.is_empty() {
            let Some(making) = &mut self.making else { return Poll::Ready(None) };
            let made = ready!(Pin::new(making).poll(context));
            self.making = None;
            // A panic in a reader ends this stream and nothing else.
            match made.map_err(io::Error::other).and_then(|(maker, made)| Ok((maker, made.map_err(io::Error::other)?)))
            {
                Ok((_, None)) => return Poll::Ready(None),
                Ok((maker, Some(piece))) => {
                    self.making = Some(make(maker));
                    Bytes::from(piece)
                }
                Err(error) => {
                    tracing::warn!(video = %self.video, %error, "a stream could not be made to its end");
                    return Poll::Ready(Some(Err(error)));
                }
            }
        } else {
            std::mem::take(&mut self.first)
        };
        self.place.count(piece.len());
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::media::traffic::{Traffic, What};

    async fn sent(maker: Maker) -> (Vec<u8>, Option<String>) {
        let traffic = Traffic::new(1);
        let place = traffic.enter(What::Video(VideoId::MIN)).unwrap();
        let mut body = Pieces::new(VideoId::MIN, place, Bytes::from("<"), maker);
        let mut bytes = Vec::new();
        loop {
            let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            match frame {
                Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap()),
                Some(Err(error)) => return (bytes, Some(error.to_string())),
                None => break,
            }
        }
        assert_eq!(traffic.sent_bytes(), bytes.len() as u64);
        drop(body);
        assert_eq!(traffic.open_streams(), 0);
        (bytes, None)
    }

    #[tokio::test]
    async fn pieces_are_sent_in_order() {
        let mut left = vec![b"c".to_vec(), b"b".to_vec(), b"a".to_vec()];
        assert_eq!(sent(Box::new(move || Ok(left.pop()))).await, (b"<abc".to_vec(), None));
    }

    #[tokio::test]
    async fn what_goes_wrong_ends_the_stream_with_an_error() {
        let torn = sent(Box::new(|| Err(av::Error::Damaged("the file ends too early")))).await;
        assert_eq!(torn, (b"<".to_vec(), Some("the file ends too early".to_owned())));
        let (bytes, error) = sent(Box::new(|| panic!("a reader has a fault"))).await;
        assert!(bytes == b"<" && error.unwrap().contains("panic"));
    }
}
