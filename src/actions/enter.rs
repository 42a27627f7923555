//! `POST /admin/token`, field `token`: a browser shows the token of the server once, and may look after the gallery from then
//! on, until it is closed.

use super::Asker;
use crate::web::error::WebError;
use crate::web::extract::Form;
use crate::web::guard::Guard;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    token: String,
}

/// Lets a browser in.
///
/// # Errors
/// 403 for another token.
pub async fn enter(State(guard): State<Guard>, asker: Asker, Form(fields): Form<Fields>) -> Result<Response, WebError> {
    let Some(cookie) = guard.cookie_for(&fields.token) else {
        tracing::warn!(peer = ?asker.visit.peer, "a browser was refused the administration: another token");
        let why = "That is not the token of this server. Unless it was set with --admin-token, the server makes a new one at \
                   each start, and prints it then if it listens on the network.";
        return Err(WebError::new(StatusCode::FORBIDDEN).with_detail(why).with_field("token"));
    };
    let mut answer = asker.lead_back("/admin", "");
    answer.headers_mut().append(SET_COOKIE, cookie);
    Ok(answer)
}
