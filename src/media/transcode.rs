//! `GET /media/{id}/transcode.mp4`: a video made anew by ffmpeg, where that is installed, for browsers that know none of
//! its streams. `?t=` says where to begin, in seconds. One video at a time for the whole server.

use super::Media;
use super::remux::Asked;
use super::traffic::{Place, What};
use super::video;
use crate::decoder::transcode::{Refused, Transcoding};
use crate::files::{self, Opened};
use crate::web::error::WebError;
use crate::web::extract::{Query, Video};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use bytes::Bytes;
use http_body::Frame;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What ffmpeg is told to make, with sound and without. The level depends on the film; this one covers them all.
const MIME: &str = "video/mp4; codecs=\"avc1.640033, mp4a.40.2\"";
const MIME_SILENT: &str = "video/mp4; codecs=\"avc1.640033\"";

/// When it is worth asking again while another video is made, in seconds.
const RETRY_AFTER_S: u32 = 30;

/// Sends a video made anew.
///
/// # Errors
/// 400 for a time that is none, 404 for videos that do not exist or are missing and where ffmpeg is not installed, 422 for
/// files that ffmpeg cannot read, 503 while another video is made or when the disk does not answer.
pub async fn film(
    State(media): State<Media>,
    Video(video): Video,
    Query(asked): Query<Asked>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    if let Some(answer) = media.file_of_that_name(video, &method, &uri, &headers).await {
        return answer;
    }
    let at_ms = asked.at_ms()?;
    let (root, path) = media.place(video)?;
    let turn = media.transcoder.enter()?;
    let place = media.traffic.enter(What::Video(video)).ok_or_else(video::too_many)?;
    let Opened { file, .. } = media.reach(root, move |root| Ok(files::open(root, &path)?)).await?;
    let film = turn.start(file, at_ms).await?;
    let mime = if film.has_sound() { MIME } else { MIME_SILENT };
    let answer = Response::builder().header(CONTENT_TYPE, mime).header(CACHE_CONTROL, "no-store");
    answer.body(Body::new(Anew { place, reading: Some(Box::pin(read(film))) })).map_err(WebError::internal)
}

impl From<Refused> for WebError {
    fn from(refused: Refused) -> Self {
        match &refused {
            Refused::Absent => Self::not_found("This server cannot convert videos: ffmpeg is not installed on it."),
            Refused::Busy => Self::unavailable(
                "Another video is being converted for somebody, and there is power for one. Try again later.",
                RETRY_AFTER_S,
            ),
            Refused::Failed(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY)
                .with_detail("This file cannot be converted: ffmpeg makes nothing of it."),
        }
        .with_source(refused)
    }
}

type Reading = Pin<Box<dyn Future<Output = (Transcoding, io::Result<Vec<u8>>)> + Send>>;

/// The body: what ffmpeg makes, as it makes it. What is not read fills its pipe, and then it waits.
struct Anew {
    place: Place,
    reading: Option<Reading>,
}

async fn read(mut film: Transcoding) -> (Transcoding, io::Result<Vec<u8>>) {
    let piece = film.next_piece().await;
    (film, piece)
}

impl http_body::Body for Anew {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let (film, piece) = ready!(reading.as_mut().poll(context));
        self.reading = None;
        let piece = piece?;
        if piece.is_empty() {
            return Poll::Ready(None);
        }
        self.place.count(piece.len());
        self.reading = Some(Box::pin(read(film)));
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece)))))
    }
}
