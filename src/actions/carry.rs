//! `POST /admin/downloads`, field `file`: sends the log or what is known as a file. `POST /admin/import` takes files of the
//! program before this one, and leads back to the page that says what they would bring. Nothing is kept of either.

use super::{Asker, admin};
use crate::admin::{Admin, Carried, Piece, Pieces, Upload, Wish};
use crate::web::error::WebError;
use crate::web::extract::{Files, Form};
use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LAST_MODIFIED};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;
use serde::Deserialize;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::UNIX_EPOCH;
use tools::legacy::{SENT_BYTES_MAX, SENT_MAX, Sent};

/// The largest form with files that is taken, in bytes: with what it puts around each of them.
pub const UPLOAD_BYTES_MAX: usize = SENT_BYTES_MAX + (8 << 20);

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    file: String,
}

/// Sends what is asked for, as a job that the page shows.
///
/// # Errors
/// 400 for a file that is none, 409 while somebody else is sent the same, 503 when the server ends.
pub async fn send(State(admin): State<Admin>, asker: Asker, Form(fields): Form<Fields>) -> Result<Response, WebError> {
    let carried = Carried::ALL.into_iter().find(|carried| carried.file() == fields.file).ok_or_else(|| {
        let known = Carried::ALL.map(Carried::file).join(", ");
        WebError::bad_parameter("file", format!("It is one of {known}."))
    })?;
    let (_, pieces) = admin.carry(carried, admin::by(&asker))?;
    let name = format!("attachment; filename=\"{}\"", carried.file());
    let headers =
        [(CONTENT_TYPE, carried.content_type()), (CACHE_CONTROL, "no-store"), (CONTENT_DISPOSITION, name.as_str())];
    Ok((headers, Body::new(Sending(pieces))).into_response())
}

/// Reads files, and has said what they would bring.
///
/// # Errors
/// As [`upload`]; 409 while others are read, 503 when the server ends.
pub async fn import(State(admin): State<Admin>, asker: Asker, Files(sent): Files) -> Result<Response, WebError> {
    let id = admin.start(Wish::PreviewImport(upload(sent).await?), admin::by(&asker))?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}

/// The files of a form.
///
/// # Errors
/// 400 for what are no files, 413 for too many or too large ones.
pub(crate) async fn upload(mut form: Multipart) -> Result<Upload, WebError> {
    let mut files: Vec<Sent<Bytes>> = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.file_name().unwrap_or_default().to_owned();
        let written_at_ms = field.headers().get(LAST_MODIFIED).and_then(|date| written_at_ms(date.to_str().ok()?));
        let bytes = field.bytes().await?;
        // A form without a chosen file sends one without a name.
        if name.is_empty() {
            continue;
        }
        if files.len() == SENT_MAX {
            let why = format!("At most {SENT_MAX} files are taken at once.");
            return Err(WebError::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(why));
        }
        files.push(Sent { name, written_at_ms, bytes });
    }
    if files.is_empty() {
        return Err(WebError::bad_parameter("files", "Choose one or more of the files of the old program."));
    }
    Ok(Upload::new(files))
}

/// The time that this `date` of HTTP says, ms since the epoch.
fn written_at_ms(date: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

impl From<MultipartError> for WebError {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let why = format!("At most {} MiB of files are taken at once.", SENT_BYTES_MAX >> 20);
                Self::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(why)
            }
            _ => Self::bad_input("The files were cut off on the way, or are no form with files."),
        }
    }
}

/// What a job sends, as the body of an answer. One that ends before its end is broken off, so that nobody takes it for whole.
struct Sending(Pieces);

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(match ready!(self.0.poll_recv(context)) {
            Some(Piece::Bytes(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Piece::End) => None,
            None => Some(Err(io::Error::other("it could not be sent to its end"))),
        })
    }
}
