//! `POST /admin/downloads`, field `file`: sends the log or what is known as a file. `POST /admin/import` takes files of the
//! program before this one, and leads back to the page that says what they would bring. Nothing is kept of either.

use super::{Asker, admin};
use crate::admin::{Admin, Carried, Piece, Pieces, Upload, Wish};
use crate::web::error::WebError;
use crate::web::extract::{Files, Form};
use axum::body::Body;
use axum::extract::State;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;
use serde::Deserialize;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The largest set of files that is taken, in bytes. Real ones have tens of kilobytes each.
pub const UPLOAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How many files are taken at once.
const FILES_MAX: usize = 8;

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
    Ok((headers, Body::new(Sent(pieces))).into_response())
}

/// Reads files, and has said what they would bring.
///
/// # Errors
/// 400 for what are no files, 413 for too many or too large ones, 503 when the server ends.
pub async fn import(State(admin): State<Admin>, asker: Asker, Files(mut sent): Files) -> Result<Response, WebError> {
    let mut files: Vec<(String, Bytes)> = Vec::new();
    while let Some(field) = sent.next_field().await? {
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await?;
        // A form without a chosen file sends one without a name.
        if name.is_empty() {
            continue;
        }
        if files.len() == FILES_MAX {
            let why = format!("At most {FILES_MAX} files are taken at once.");
            return Err(WebError::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(why));
        }
        files.push((name, bytes));
    }
    if files.is_empty() {
        return Err(WebError::bad_parameter("files", "Choose one or more of the files of the old program."));
    }
    let id = admin.start(Wish::PreviewImport(Upload::new(files)), admin::by(&asker))?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}

impl From<MultipartError> for WebError {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let why = format!("At most {} MiB of files are taken at once.", UPLOAD_BYTES_MAX >> 20);
                Self::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(why)
            }
            _ => Self::bad_input("The files were cut off on the way, or are no form with files."),
        }
    }
}

/// What a job sends, as the body of an answer. One that ends before its end is broken off, so that nobody takes it for whole.
struct Sent(Pieces);

impl http_body::Body for Sent {
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
