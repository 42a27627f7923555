//! `GET` and `HEAD` of `/media/{id}/{name}`, as RFC 9110 has it.
//!
//! The id alone says which video. The name is there for people, for "save as", and for Safari, which wants an address that
//! ends like a file; any name is served, so that an address keeps working in a player that is open while the file is
//! renamed. A redirect would be one more request for each seek.

use super::Media;
use super::body::{FileBody, Stream};
use super::traffic::What;

use super::range::{Selection, select};
use super::validators::{Validators, Verdict};
use crate::clock;
use crate::files::{self, OpenError, Opened};
use crate::web::error::WebError;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    LAST_MODIFIED, RANGE,
};
use axum::http::response::Builder;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use events::{MediaPath, RootPath, VideoId, container};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long to wait for a file to open. A disk takes ten seconds to start turning; one that takes longer is not there.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// When it is worth asking again after a 503, in seconds.
pub(super) const RETRY_AFTER_S: u32 = 5;

/// What `filename*` may hold as it is (RFC 8187, `attr-char`).
const ATTR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Sends a video, or the part of it that was asked for.
///
/// # Errors
/// 404 for videos that do not exist or are missing, 403 for files that must not be read, 412 and 416 for conditions and
/// ranges that fail, 503 when the disk does not answer or too much is being sent.
pub async fn video(
    State(media): State<Media>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let video = requested(uri.path()).ok_or_else(|| WebError::not_found("There is no video at this address."))?;
    media.whole(video, &method, &headers).await
}

/// The answer where no further file may be sent.
pub(super) fn too_many() -> WebError {
    WebError::unavailable("Too many files are being sent right now. Close one and try again.", RETRY_AFTER_S)
}

/// A file that is asked for.
pub(super) struct Subject {
    /// What it is.
    pub(super) what: What,
    /// Its media type.
    pub(super) mime: &'static str,
    /// The folder it is in.
    pub(super) root: Arc<RootPath>,
    /// Where it is below that folder.
    pub(super) path: MediaPath,
}

impl Media {
    /// Sends the file of a video, or the part of it that was asked for.
    pub(super) async fn whole(
        &self,
        video: VideoId,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, WebError> {
        let (root, path) = self.place(video)?;
        let subject = Subject { what: What::Video(video), mime: mime(&path), root, path };
        self.send(subject, method, headers).await
    }

    /// Sends a file, or the part of it that was asked for.
    pub(super) async fn send(
        &self,
        subject: Subject,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, WebError> {
        let Subject { what, mime, root, path } = subject;
        let place = self.traffic.enter(what).ok_or_else(too_many)?;
        let Opened { file, size_bytes, modified_s, modified_ns } = self.open(root, path.clone()).await?;
        let validators = Validators::new(size_bytes, modified_s, modified_ns, clock::now_ms());
        let answer = described(&validators);
        match validators.judge(headers) {
            Verdict::Proceed => {}
            Verdict::NotModified => return finish(answer.status(StatusCode::NOT_MODIFIED), Body::empty()),
            Verdict::Failed => {
                let error = WebError::new(StatusCode::PRECONDITION_FAILED);
                return Err(error.with_detail("This file has changed in the meantime."));
            }
        }
        let answer = answer.header(CONTENT_TYPE, mime).header(CONTENT_DISPOSITION, disposition(&path));
        if *method == Method::HEAD {
            return finish(answer.header(CONTENT_LENGTH, size_bytes), Body::empty());
        }
        let stream = Stream { what, file, place };
        match selection(headers, &validators, size_bytes) {
            Selection::Whole => {
                let answer = answer.header(CONTENT_LENGTH, size_bytes);
                finish(answer, Body::new(FileBody::new(stream, 0, size_bytes)))
            }
            Selection::Part { first, last } => {
                let answer = answer
                    .status(StatusCode::PARTIAL_CONTENT)
                    .header(CONTENT_LENGTH, last - first + 1)
                    .header(CONTENT_RANGE, format!("bytes {first}-{last}/{size_bytes}"));
                finish(answer, Body::new(FileBody::new(stream, first, last + 1)))
            }
            Selection::Beyond => {
                let error = WebError::new(StatusCode::RANGE_NOT_SATISFIABLE);
                Ok(([(CONTENT_RANGE, format!("bytes */{size_bytes}"))], error).into_response())
            }
        }
    }

    /// Where the file of a video is.
    pub(super) fn place(&self, video: VideoId) -> Result<(Arc<RootPath>, MediaPath), WebError> {
        let state = self.live.snapshot();
        let known =
            state.videos().get(video).ok_or_else(|| WebError::not_found(format!("There is no video {video}.")))?;
        if !known.present() {
            return Err(WebError::not_found(
                "The file of this video is missing. When it turns up again, it can be played again.",
            ));
        }
        Ok((Arc::clone(&known.root), known.path.clone()))
    }

    /// Opens a file where it may take its time. What is opened after the time is up is closed again.
    async fn open(&self, root: Arc<RootPath>, path: MediaPath) -> Result<Opened, WebError> {
        self.reach(root, move |root| Ok(files::open(root, &path)?)).await
    }

    /// Does `work` with the disk of a library folder where it may take its time.
    pub(super) async fn reach<T: Send + 'static>(
        &self,
        root: Arc<RootPath>,
        work: impl FnOnce(&RootPath) -> Result<T, WebError> + Send + 'static,
    ) -> Result<T, WebError> {
        let working = async {
            let slot = self.traffic.open_slot(&root).await;
            let working = spawn_blocking(move || {
                let _slot = slot;
                work(&root)
            });
            working.await.map_err(WebError::internal)?
        };
        timeout(OPEN_TIMEOUT, working).await.unwrap_or_else(|_| {
            Err(WebError::unavailable(
                "The disk with this video does not answer. It may be asleep or disconnected.",
                RETRY_AFTER_S,
            ))
        })
    }
}

impl From<OpenError> for WebError {
    fn from(error: OpenError) -> Self {
        let answer = match &error {
            OpenError::Folder { .. } => {
                Self::unavailable("The folder with this file cannot be reached. Is its disk connected?", RETRY_AFTER_S)
            }
            OpenError::Missing { .. } => {
                Self::not_found("This file is gone. If it was moved, it is found again in a moment.")
            }
            OpenError::Outside { .. } => {
                Self::new(StatusCode::FORBIDDEN).with_detail("This file lies outside of its library folder.")
            }
            OpenError::NotAFile { .. } => Self::not_found("There is something else in place of this file."),
            OpenError::Forbidden { .. } => {
                Self::new(StatusCode::FORBIDDEN).with_detail("The gallery is not allowed to read this file.")
            }
            OpenError::Failed { .. } => Self::unavailable("This file cannot be read right now.", RETRY_AFTER_S),
        };
        answer.with_source(error)
    }
}

/// The video that `/media/{id}/{name}` names. Not by axum's extractor: it refuses names that are not UTF-8.
fn requested(path: &str) -> Option<VideoId> {
    path.split('/').nth(2)?.parse().ok()
}

/// A response with what any answer about a file says, also the one that it has not changed.
fn described(validators: &Validators) -> Builder {
    let answer = Response::builder()
        .header(ETAG, &validators.etag)
        .header(CACHE_CONTROL, "private, no-cache")
        .header(ACCEPT_RANGES, "bytes");
    match validators.modified {
        Some(modified) => answer.header(LAST_MODIFIED, httpdate::fmt_http_date(modified)),
        None => answer,
    }
}

fn finish(answer: Builder, body: Body) -> Result<Response<Body>, WebError> {
    answer.body(body).map_err(WebError::internal)
}

/// What is to be sent of a file, after all conditions.
fn selection(headers: &HeaderMap, validators: &Validators, size_bytes: u64) -> Selection {
    let mut lines = headers.get_all(RANGE).iter();
    match (lines.next().and_then(|line| line.to_str().ok()), lines.next()) {
        (Some(line), None) if validators.range_counts(headers) => select(line, size_bytes),
        _ => Selection::Whole,
    }
}

/// The media type, by the extension that made it a video.
fn mime(path: &MediaPath) -> &'static str {
    container::by_extension(&path.extension()).map_or("application/octet-stream", |container| container.mime)
}

/// To be shown, and called by its name when it is saved (RFC 6266): once for everyone, once for those who read only ASCII.
fn disposition(path: &MediaPath) -> String {
    let name = path.file_name();
    let plain =
        |letter: char| if matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\' | '%') { letter } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    format!("inline; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, ATTR))
}
