//! Bodies of answers that are made piece by piece, as the client takes them: however much there is and however slow the
//! client is, one piece is held. What the pieces say is up to whoever makes them.

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, once, try_unfold};
use std::error::Error;
use std::future::ready;

/// A part of a body.
pub(crate) struct Piece {
    /// What is sent; may be nothing.
    pub(crate) bytes: Bytes,
    /// Where the next piece begins; nothing after the last.
    pub(crate) next: Option<u64>,
}

/// A body of the pieces that `make` makes, the first of which begins at `from`.
///
/// # Errors
/// That of the first piece, which can still be said. What goes wrong later breaks the body off, and is a line in the log.
pub(crate) async fn body<E, F>(from: u64, mut make: impl FnMut(u64) -> F + Send + 'static) -> Result<Body, E>
where
    E: Error + Send + Sync + 'static,
    F: Future<Output = Result<Piece, E>> + Send + 'static,
{
    let Piece { bytes, next } = make(from).await?;
    let others = try_unfold(next, move |next| {
        let piece = next.map(|from| (from, make(from)));
        async move {
            let Some((from, piece)) = piece else { return Ok(None) };
            let failed = |error: &E| tracing::warn!(from, error = error as &dyn Error, "an answer breaks off");
            let Piece { bytes, next } = piece.await.inspect_err(failed)?;
            Ok(Some((bytes, next)))
        }
    });
    let all = once(ready(Ok::<_, E>(bytes))).chain(others);
    // Without those that say nothing.
    Ok(Body::from_stream(all.try_filter(|bytes| ready(!bytes.is_empty()))))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::io;

    /// The body of the numbers from `from` up to nine without the odd ones; `broken` cannot be made.
    async fn numbers(from: u64, broken: u64) -> io::Result<Body> {
        body(from, move |number| async move {
            if number == broken {
                return Err(io::Error::other("broken"));
            }
            let bytes = if number % 2 == 0 { number.to_string().into() } else { Bytes::new() };
            Ok(Piece { bytes, next: (number < 9).then_some(number + 1) })
        })
        .await
    }

    #[tokio::test]
    async fn pieces_are_sent_in_order_up_to_the_last() {
        for (from, expected) in [(0, "02468"), (7, "8"), (9, "")] {
            assert_eq!(to_bytes(numbers(from, 10).await.unwrap(), 100).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn what_goes_wrong_at_once_is_said_and_later_breaks_off() {
        assert_eq!(numbers(3, 3).await.unwrap_err().to_string(), "broken");
        assert!(to_bytes(numbers(3, 5).await.unwrap(), 100).await.is_err());
    }
}
