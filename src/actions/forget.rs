//! `POST /history/{pos}/forget`: one viewing, or a place in a video, forgotten for good; and who may have something
//! forgotten. The page that asks first is the history's.

use super::Asker;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::guard::Guard;
use crate::web::visit;
use crate::writer::{Feed, Writer};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use events::{Actor, Pos, Recorded};

/// Forgets it, and leads to what is left of the entry.
///
/// # Errors
/// 404 when there is no such entry, 409 when it is no viewing, 403 when it is none of this device, 503 when nothing can be
/// written or too many want something forgotten.
pub async fn forget(
    State(writer): State<Writer>,
    State(guard): State<Guard>,
    Path(pos): Path<String>,
    _asker: Asker,
    request: Request,
) -> Result<Response, WebError> {
    let forgetter = Forgetter::of(&guard, &request);
    let Recorded { pos, .. } = forgettable(writer.feed(), &pos, forgetter).await?;
    writer.forget(vec![pos]).await?;
    Ok(Redirect::to(&format!("/history/{pos}")).into_response())
}

/// Who wants something forgotten.
#[derive(Clone, Copy)]
pub(crate) struct Forgetter {
    /// The device, told by its cookie, which keeps from mistakes and not from lies.
    device: Option<Actor>,
    /// Whether it may look after the gallery.
    caretaker: bool,
}

impl Forgetter {
    /// Whoever sends this `request`.
    pub(crate) fn of(guard: &Guard, request: &Request) -> Self {
        Self { device: visit::device(request.headers()), caretaker: guard.lets_through(request) }
    }

    /// Refuses what is another device's than that which asks. Nothing that is forgotten can be taken back, so it is for the
    /// device `of` which it is, and for whoever looks after the gallery. `why` is a sentence.
    pub(super) fn may(self, of: Actor, why: &str) -> Result<(), WebError> {
        if self.caretaker || self.device == Some(of) {
            return Ok(());
        }
        let why = format!(
            "{why} It can be forgotten there, or by whoever looks after the gallery: at the machine of the server, or with \
             its token."
        );
        Err(WebError::new(StatusCode::FORBIDDEN).with_detail(why))
    }
}

/// The record at the position that an address calls `pos`, if `forgetter` may have it forgotten.
///
/// # Errors
/// As [`forget`].
pub(crate) async fn forgettable(feed: &Feed, pos: &str, forgetter: Forgetter) -> Result<Recorded, WebError> {
    let recorded = entry(feed, pos).await?;
    if !recorded.event.can_be_redacted() {
        let why = "Only a viewing and a place in a video can be forgotten. What was changed can be taken back instead.";
        return Err(WebError::new(StatusCode::CONFLICT).with_detail(why));
    }
    forgetter.may(recorded.actor, "This was watched on another device.")?;
    Ok(recorded)
}

/// The record at the position that an address calls `pos`.
///
/// # Errors
/// 404 when there is none, 503 when the log cannot be read.
pub(crate) async fn entry(feed: &Feed, pos: &str) -> Result<Recorded, WebError> {
    let head = feed.head();
    let none = || WebError::not_found(format!("There is no entry {pos:?} in the history; the last one is {head}."));
    let number: Pos = pos.parse().map_err(|_| none())?;
    feed.recorded(number).await?.ok_or_else(none)
}
