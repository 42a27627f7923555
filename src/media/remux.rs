//! `GET /media/{id}/remux.mp4`: the streams of a video in a container that every browser plays, made while they are sent;
//! `GET /media/{id}/sound.mp3`: its sound alone, where that is MP3, which some browsers do not take inside of an MP4.
//!
//! `?t=` says where to begin, in seconds; `?sound=none` leaves the sound out. Nothing is compressed again: see [`av::remux`].
//! A piece is made when the one before it has gone to the socket, so a paused player costs neither a thread nor time.
//!
//! Not here: streams that browsers cannot play whatever they are in (`transcode`).

use super::Media;
use super::pieces::{Maker, Pieces};
use super::traffic::What;
use super::video;
use crate::files::{self, Opened};
use crate::web::error::WebError;
use crate::web::extract::{Query, Video};
use crate::web::human::sentence;
use av::remux::{Mp3, Plan, Remuxer, plan};
use av::source::Source;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Method, Response, StatusCode, Uri};
use bytes::Bytes;
use events::VideoId;
use serde::Deserialize;

/// When the first sound is heard, in seconds: a stream of nothing but frames does not say.
const BEGINS: HeaderName = HeaderName::from_static("x-begins");

/// The latest time that is asked for, in seconds: a year. No film is that long.
const LATEST_S: f64 = 31_536_000.0;

/// What can be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    t: Option<String>,
    sound: Option<String>,
}

impl Asked {
    /// Where to begin, in ms.
    ///
    /// # Errors
    /// That is no time.
    pub(super) fn at_ms(&self) -> Result<u64, WebError> {
        let Some(text) = &self.t else { return Ok(0) };
        let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=LATEST_S).contains(seconds));
        let seconds =
            seconds.ok_or_else(|| WebError::bad_parameter("t", "It is a number of seconds, such as 90.5."))?;
        Ok(std::time::Duration::from_secs_f64(seconds).as_millis().try_into().unwrap_or(0))
    }

    fn with_sound(&self) -> Result<bool, WebError> {
        match self.sound.as_deref() {
            None => Ok(true),
            Some("none") => Ok(false),
            Some(_) => Err(WebError::bad_parameter("sound", "It can only be \"none\".")),
        }
    }
}

/// Sends a video as fragmented MP4.
///
/// # Errors
/// 400 for a time that is none, 404 for videos that do not exist or are missing, 415 for streams that browsers do not play
/// in an MP4, 422 for damaged files, 503 when the disk does not answer or too much is being sent.
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
    let (at_ms, with_sound) = (asked.at_ms()?, asked.with_sound()?);
    let make = move |demuxer: Box<dyn av::demux::Demuxer>, plan: Plan| {
        let mime = plan.mime.clone();
        let mut remuxer = Remuxer::new(demuxer, plan);
        let init = remuxer.init()?;
        remuxer.seek(at_ms)?;
        Ok((mime, init, remuxer))
    };
    let made = media.opened(video, move |demuxer, plan| make(demuxer, if with_sound { plan } else { plan.silent() }));
    let (place, (mime, init, mut remuxer)) = made.await?;
    let maker: Maker = Box::new(move || remuxer.next_fragment());
    let body = Pieces::new(video, place, Bytes::from(init), maker);
    let answer = Response::builder().header(CONTENT_TYPE, mime).header(CACHE_CONTROL, "no-store");
    answer.body(Body::new(body)).map_err(WebError::internal)
}

/// Sends the sound of a video, if it is MP3.
///
/// # Errors
/// As for [`film`]; 415 for other sound.
pub async fn sound(
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
    let made = media.opened(video, move |demuxer, plan| Mp3::new(demuxer, &plan, at_ms));
    let (place, mut sound) = made.await?;
    let begins_ms = sound.begins_us().map_or(at_ms, |begins_us| u64::try_from(begins_us).unwrap_or(0) / 1000);
    let maker: Maker = Box::new(move || sound.next_piece());
    let body = Pieces::new(video, place, Bytes::new(), maker);
    let answer = Response::builder()
        .header(CONTENT_TYPE, "audio/mpeg")
        .header(CACHE_CONTROL, "no-store")
        .header(BEGINS, format!("{}.{:03}", begins_ms / 1000, begins_ms % 1000));
    answer.body(Body::new(body)).map_err(WebError::internal)
}

impl Media {
    /// A place among the streams, and what `make` makes of the file of a video.
    async fn opened<T: Send + 'static>(
        &self,
        video: VideoId,
        make: impl FnOnce(Box<dyn av::demux::Demuxer>, Plan) -> Result<T, av::Error> + Send + 'static,
    ) -> Result<(super::traffic::Place, T), WebError> {
        let (root, path) = self.place(video)?;
        let place = self.traffic.enter(What::Video(video)).ok_or_else(video::too_many)?;
        let made = self.reach(root, move |root| {
            let Opened { file, size_bytes, .. } = files::open(root, &path)?;
            let demuxer = av::open(Source::new(file, size_bytes)).map_err(refused)?;
            let plan = plan(demuxer.info()).map_err(refused)?;
            make(demuxer, plan).map_err(refused)
        });
        Ok((place, made.await?))
    }

    /// The file itself, where it happens to be called like one of our addresses and nothing was asked of it.
    pub(super) async fn file_of_that_name(
        &self,
        video: VideoId,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Result<Response<Body>, WebError>> {
        let name = uri.path().rsplit('/').next()?;
        let (_, path) = self.place(video).ok()?;
        if uri.query().is_some() || path.file_name() != name {
            return None;
        }
        Some(self.whole(video, method, headers).await)
    }
}

/// Why nothing can be made of a file, for whoever asked.
pub(super) fn refused(error: av::Error) -> WebError {
    let words = |error: &av::Error| sentence(&error.to_string());
    match &error {
        av::Error::Read(_) => WebError::unavailable("This file cannot be read right now.", video::RETRY_AFTER_S),
        av::Error::Unsupported(_) => WebError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .with_detail(format!("This file cannot be put into another container: {error}.")),
        av::Error::Damaged(_) | av::Error::TooLarge(_) => {
            WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(words(&error))
        }
    }
    .with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(t: &str) -> Option<u64> {
        Asked { t: Some(t.to_owned()), sound: None }.at_ms().ok()
    }

    #[test]
    fn a_time_is_a_number_of_seconds() {
        assert_eq!(Asked::default().at_ms().ok(), Some(0));
        assert_eq!((at("0"), at("90.5"), at("1e2"), at("0.0004")), (Some(0), Some(90_500), Some(100_000), Some(0)));
        for odd in ["", "x", "-1", "nan", "inf", "1e99", "1,5", "0x10", " 1"] {
            assert_eq!(at(odd), None, "{odd}");
        }
    }
}
