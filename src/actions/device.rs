//! `POST /history/devices` and below: what people call the devices that changes come from. The names are beside the log, so
//! no command comes of it.

use super::Asker;
use super::forget::Forgetter;
use crate::clock;
use crate::names::Names;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use crate::web::guard::Guard;
use crate::web::human::sentence;
use crate::writer::Writer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use events::Actor;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use tools::devices::{DeviceName, DevicesError};

/// A name.
#[derive(Deserialize)]
pub struct Fields {
    name: String,
}

/// Names the device that asks.
///
/// # Errors
/// 400 for what cannot be a name, 409 when there are too many or the file of names is damaged, 503 when it cannot be written.
pub async fn name_own(
    State(names): State<Names>,
    asker: Asker,
    Form(Fields { name }): Form<Fields>,
) -> Result<Response, WebError> {
    call(names, asker.visit.actor, name).await
}

/// Names another device.
///
/// # Errors
/// As for naming one's own; 404 for what is no number of a device, or of one that nothing is known of; 503 when the log cannot be
/// read.
pub async fn rename(
    State(names): State<Names>,
    State(writer): State<Writer>,
    Path(device): Path<String>,
    asker: Asker,
    Form(Fields { name }): Form<Fields>,
) -> Result<Response, WebError> {
    let device = parse(&device)?;
    // Whoever asks is known, and so is what has a name; that programs get none is said of the name.
    let known = device == asker.visit.actor || device.0 <= 1 || names.name_of(device).is_some();
    if !known && !writer.feed().devices().await?.contains_key(&device) {
        return Err(WebError::not_found("None of the last changes came from this device, so it cannot be named."));
    }
    call(names, device, name).await
}

/// Forgets the name of a device.
///
/// # Errors
/// 404 for a device without a name, 403 for the name of another device; as for naming one.
pub async fn forget(
    State(names): State<Names>,
    State(guard): State<Guard>,
    Path(device): Path<String>,
    _asker: Asker,
    request: Request,
) -> Result<Response, WebError> {
    let (device, _) = forgettable(&names, &device, Forgetter::of(&guard, &request))?;
    let had = in_peace(move || names.forget(device)).await?;
    if had { Ok(Redirect::to("/history/devices").into_response()) } else { Err(nameless()) }
}

/// The device that an address calls `device`, and its name, if `forgetter` may have that forgotten.
///
/// # Errors
/// 404 for a device without a name, 403 for the name of another device.
pub(crate) fn forgettable(names: &Names, device: &str, forgetter: Forgetter) -> Result<(Actor, String), WebError> {
    let device = parse(device)?;
    let name = names.name_of(device).ok_or_else(nameless)?;
    forgetter.may(device, "This is the name of another device.")?;
    Ok((device, name))
}

fn parse(device: &str) -> Result<Actor, WebError> {
    device.parse().map(Actor).map_err(|_| WebError::not_found("A device is a number."))
}

fn nameless() -> WebError {
    WebError::not_found("This device has no name that could be forgotten.")
}

async fn call(names: Names, device: Actor, name: String) -> Result<Response, WebError> {
    let now_ms = clock::now_ms();
    in_peace(move || names.rename(device, &DeviceName::new(&name)?, now_ms)).await?;
    Ok(Redirect::to("/history/devices").into_response())
}

/// Does what waits for the disk where waiting is allowed.
async fn in_peace<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DevicesError> + Send + 'static,
) -> Result<T, WebError> {
    spawn_blocking(work).await.map_err(WebError::internal)?.map_err(|error| {
        let status = match &error {
            DevicesError::Name => StatusCode::BAD_REQUEST,
            DevicesError::NoDevice | DevicesError::TooMany | DevicesError::Damaged { .. } => StatusCode::CONFLICT,
            DevicesError::Write { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        WebError::new(status).with_detail(sentence(&error.to_string())).with_source(error)
    })
}
