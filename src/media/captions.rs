//! Captions that lie beside a video: `GET /media/{id}/captions` lists them, `GET /media/{id}/captions/{index}.vtt` sends
//! one as WebVTT.
//!
//! [`beside`] finds the files, [`encoding`] makes text of their bytes, [`vtt`] makes WebVTT of the text. Which folder is
//! looked at comes from what is known about the video, and each file is opened by [`super::path`], as videos are.
//!
//! Not here: captions inside a video file.

mod beside;
mod encoding;
mod vtt;

use super::Media;

use super::validators::{Validators, Verdict};
use crate::clock;
use crate::files::{OpenError, Opened, open};
use crate::web::error::WebError;
use crate::web::extract::{Path, Video};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, Response, StatusCode};
use beside::Sidecar;
use events::VideoId;
use serde::Serialize;
use std::io::Read;

/// The largest file that is converted, in bytes. A film of three hours has 200 kB.
const SIZE_MAX_BYTES: u64 = 10_000_000;

/// One file of captions.
#[derive(Debug, Serialize)]
pub struct Caption {
    /// Its place in the list, from 0.
    index: usize,
    /// What its name says beyond the language, such as `forced`; empty if nothing.
    label: String,
    /// The language that its name says, such as `en`, `eng` or `pt-br`; empty if none.
    language: String,
    /// Where it is.
    src: String,
}

/// What is beside a video.
///
/// # Errors
/// 404 for videos that do not exist or are missing, 403 for a folder outside of the library, 503 when the disk does not
/// answer.
pub async fn list(State(media): State<Media>, Video(video): Video) -> Result<Json<Vec<Caption>>, WebError> {
    let (root, path) = media.place(video)?;
    let found = media.reach(root, move |root| Ok(beside::find(root, &path)?)).await?;
    let caption = |(index, Sidecar { label, language, .. })| {
        let src = format!("/media/{video}/captions/{index}.vtt");
        Caption { index, label, language, src }
    };
    Ok(Json(found.into_iter().enumerate().map(caption).collect()))
}

/// One of the files beside a video, as WebVTT.
///
/// # Errors
/// 404 for captions that are not there, 403 for files that must not be read, 413 for files that are too large, 503 when
/// the disk does not answer.
pub async fn track(
    State(media): State<Media>,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let unknown = || WebError::not_found("There are no such captions.");
    let video: VideoId = id.parse().map_err(|_| unknown())?;
    let index: usize = file.strip_suffix(".vtt").and_then(|index| index.parse().ok()).ok_or_else(unknown)?;
    let (root, path) = media.place(video)?;
    let read = move |root: &_| {
        let sidecar = beside::find(root, &path)?.into_iter().nth(index).ok_or_else(unknown)?;
        let Opened { file, size_bytes, modified_s, modified_ns } = open(root, &sidecar.path)?;
        let validators = Validators::new(size_bytes, modified_s, modified_ns, clock::now_ms());
        if validators.judge(&headers) == Verdict::NotModified {
            return Ok((validators, None));
        }
        let mut bytes = Vec::new();
        let failed = |source| OpenError::Failed { path: sidecar.path.as_path().to_owned(), source };
        file.take(SIZE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > SIZE_MAX_BYTES {
            return Err(too_large(size_bytes));
        }
        Ok((validators, Some(vtt::convert(&encoding::text(&bytes)))))
    };
    let (validators, text) = media.reach(root, read).await?;
    let answer = Response::builder().header(ETAG, &validators.etag).header(CACHE_CONTROL, "private, no-cache");
    let answer = match text {
        Some(text) => answer.header(CONTENT_TYPE, "text/vtt; charset=utf-8").body(Body::from(text)),
        None => answer.status(StatusCode::NOT_MODIFIED).body(Body::empty()),
    };
    answer.map_err(WebError::internal)
}

fn too_large(size_bytes: u64) -> WebError {
    let [size, most] = [size_bytes, SIZE_MAX_BYTES].map(crate::web::human::size);
    WebError::new(StatusCode::PAYLOAD_TOO_LARGE)
        .with_detail(format!("This file has {size}, and captions have at most {most}. It may be something else."))
}
