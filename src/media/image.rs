//! `GET` and `HEAD` of `/images/{id}/{name}`: the bytes of an image, by the same rules as those of a video.
//!
//! The id alone says which image; the name is there for people and for "save as". Nothing is made smaller here.

use super::Media;
use super::traffic::What;
use super::video::Subject;
use crate::web::error::WebError;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use events::{ImageId, container};
use std::sync::Arc;

/// Sends an image.
///
/// # Errors
/// 404 for images that do not exist or are missing, else as for [`super::video::video`].
pub async fn image(
    State(media): State<Media>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let image = requested(uri.path()).ok_or_else(|| WebError::not_found("There is no image at this address."))?;
    media.send(media.image(image)?, &method, &headers).await
}

impl Media {
    /// The file of an image.
    fn image(&self, image: ImageId) -> Result<Subject, WebError> {
        let state = self.live.snapshot();
        let known =
            state.images().get(image).ok_or_else(|| WebError::not_found(format!("There is no image {image}.")))?;
        if !known.present() {
            return Err(WebError::not_found("The file of this image is missing."));
        }
        let mime = container::image_type(&known.path.extension()).unwrap_or("application/octet-stream");
        Ok(Subject { what: What::Image(image), mime, root: Arc::clone(&known.root), path: known.path.clone() })
    }
}

/// The image that `/images/{id}/{name}` names. Not by axum's extractor: it refuses names that are not UTF-8.
fn requested(path: &str) -> Option<ImageId> {
    path.split('/').nth(2)?.parse().ok()
}
