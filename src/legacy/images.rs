//! The image gallery: `/gallery…` and `/api/gallery…`, with paths below the image folder in the place of ids of images.
//!
//! The old program put images that do not exist into groups that do not exist, and left the entries of deleted groups
//! behind. Here unknown images are passed over (404 when all of them are), and unknown groups are 404. Taking away what is
//! not there is done already, and answered so. The id of an entry of a group is that of its image.

use super::answer::{Fields, Refusal, fresh};
use super::playlist::date;
use super::{Legacy, redirect};
use crate::actions::Asker;
use crate::decide::{Command, GroupCommand, Rejected};
use crate::media;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::human::segment;
use crate::writer::WriteError;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response as Answer, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use events::{GroupId, GroupName, ImageId, MediaPath};
use percent_encoding::percent_decode_str;
use projections::{Group, State as Known};
use serde_json::{Value, json};

/// `GET /gallery`: on to the page of all images.
pub(super) async fn gallery(uri: Uri) -> Response {
    redirect::lead_to("/images", uri.query())
}

/// `GET /gallery/groups/{slug}`: on to the page of that group.
pub(super) async fn group_page(Path(slug): Path<String>, uri: Uri) -> Response {
    redirect::lead_to(&format!("/images/groups/{}", segment(&slug)), uri.query())
}

/// `GET /gallery/image/{name}`: the bytes of that image.
///
/// # Errors
/// 404 when no image is called so, or those of [`media::image::image`].
pub(super) async fn bytes(
    State(legacy): State<Legacy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Answer<Body>, WebError> {
    let name = percent_decode_str(uri.path().strip_prefix("/gallery/image/").unwrap_or_default()).decode_utf8_lossy();
    let image = find(&legacy.snapshot(), &name);
    let image = image.ok_or_else(|| WebError::not_found("There is no image of this name."))?;
    let address: Uri = format!("/images/{image}/x").parse().map_err(WebError::internal)?;
    media::image::image(State(legacy.0.media.clone()), method, address, headers).await
}

/// `GET /api/gallery`: the names of all images that are there, letter by letter.
pub(super) async fn all(State(legacy): State<Legacy>) -> Response {
    let state = legacy.snapshot();
    let mut names: Vec<String> = state.images().by_name().map(projections::Image::name).collect();
    names.sort();
    fresh(json!({ "images": names }))
}

/// `GET /api/gallery/groups`: all groups by name, letter by letter.
pub(super) async fn groups(State(legacy): State<Legacy>) -> Response {
    let state = legacy.snapshot();
    let mut groups: Vec<&Group> = state.groups().iter().collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    fresh(groups.into_iter().map(|group| described(&state, group)).collect())
}

/// `POST /api/gallery/groups`: a new group.
///
/// # Errors
/// 400 `Name and images required`, or why it cannot be a name; 404 when no image is known; 503.
pub(super) async fn create(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let required = || Refusal::bad("Name and images required");
    let name = fields.text("name").ok_or_else(required)?;
    let name = GroupName::new(name).map_err(|invalid| Refusal::from(WebError::from(invalid)))?;
    let state = legacy.snapshot();
    let images = images(&state, &fields).ok_or_else(required)??;
    let cover = fields.text("cover_image").and_then(|name| find(&state, name));
    let command = GroupCommand::Create { name: name.clone(), images, cover };
    legacy.carry_out(&asker, Command::Group(command)).await?;
    let state = legacy.snapshot();
    let made = state.groups().iter().rev().find(|group| group.name == name);
    let body = made.map_or(Value::Null, |group| described(&state, group));
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `PUT /api/gallery/groups/{id}`: another name, another cover. The address of the group stays.
///
/// # Errors
/// 400 for an impossible name, 404 for an unknown group or a cover that is not in it, 503.
pub(super) async fn edit(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    asker: Asker,
    fields: Fields,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let group = known(&state, &id)?;
    if let Some(name) = fields.text("name") {
        let name = GroupName::new(name).map_err(|invalid| Refusal::from(WebError::from(invalid)))?;
        legacy.carry_out(&asker, Command::Group(GroupCommand::Rename { group, name })).await?;
    }
    if let Some(cover) = fields.text("cover_image") {
        let image = find(&state, cover).ok_or_else(|| Refusal::not_found("Image not found"))?;
        legacy.carry_out(&asker, Command::Group(GroupCommand::SetCover { group, image })).await?;
    }
    Ok(done())
}

/// `DELETE /api/gallery/groups/{id}`: no such group from now on.
///
/// # Errors
/// 503.
pub(super) async fn delete(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, Refusal> {
    if let Ok(group) = id.parse::<GroupId>() {
        match legacy.carry_out(&asker, Command::Group(GroupCommand::Delete { group })).await {
            Ok(_) | Err(WriteError::Rejected(Rejected::NoSuchGroup(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done())
}

/// `POST /api/gallery/groups/{id}/images`: more images at the end; those in it stay where they are.
///
/// # Errors
/// 400 `Images required`, 404 for an unknown group or when no image is known, 503.
pub(super) async fn add(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    asker: Asker,
    fields: Fields,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let images = images(&state, &fields).ok_or_else(|| Refusal::bad("Images required"))??;
    let group = known(&state, &id)?;
    legacy.carry_out(&asker, Command::Group(GroupCommand::AddImages { group, images })).await?;
    Ok(done())
}

/// `DELETE /api/gallery/groups/{id}/images/{name}`: without that image.
///
/// # Errors
/// 404 for an unknown group, 503.
pub(super) async fn remove(
    State(legacy): State<Legacy>,
    Path((id, name)): Path<(String, String)>,
    asker: Asker,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let (group, images) = (known(&state, &id)?, find(&state, &name).into_iter().collect());
    legacy.carry_out(&asker, Command::Group(GroupCommand::RemoveImages { group, images })).await?;
    Ok(done())
}

/// `DELETE /api/gallery/groups/{id}/items/{item}`: without that entry.
///
/// # Errors
/// 404 `Image item not found in this group`, 503.
pub(super) async fn remove_item(
    State(legacy): State<Legacy>,
    Path((id, item)): Path<(String, String)>,
    asker: Asker,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let group = known(&state, &id)?;
    let image = item.parse().ok().filter(|image: &ImageId| state.groups().holds(group, *image));
    let image = image.ok_or_else(|| Refusal::not_found("Image item not found in this group"))?;
    legacy.carry_out(&asker, Command::Group(GroupCommand::RemoveImages { group, images: vec![image] })).await?;
    Ok(done())
}

/// `GET /api/gallery/images/{name}/groups`: the groups of an image; none for one that does not exist.
///
/// # Errors
/// 404 for any other address below `/api/gallery/images/`.
pub(super) async fn groups_of(State(legacy): State<Legacy>, Path(rest): Path<String>) -> Result<Response, Refusal> {
    let name = rest.strip_suffix("/groups").ok_or_else(|| Refusal::not_found("There is nothing at this address."))?;
    let state = legacy.snapshot();
    let short = |group: &Group| {
        json!({
            "id": group.id.get(),
            "name": group.name.as_str(),
            "slug": group.slug.as_str(),
            "cover_image": cover(&state, group),
        })
    };
    let groups: Vec<Value> =
        find(&state, name).map(|image| state.groups().of(image).map(short).collect()).unwrap_or_default();
    Ok(fresh(json!({ "groups": groups })))
}

/// A group as the old program told of it.
fn described(state: &Known, group: &Group) -> Value {
    json!({
        "id": group.id.get(),
        "name": group.name.as_str(),
        "slug": group.slug.as_str(),
        "cover_image": cover(state, group),
        "image_count": group.images.len(),
        "created_at": date(group.created_at_ms),
        "updated_at": date(group.changed_at_ms),
    })
}

fn cover(state: &Known, group: &Group) -> Option<String> {
    group.cover.and_then(|image| state.images().get(image)).map(projections::Image::name)
}

/// The images that the field `images` names; nothing when there is no such list or it is empty.
fn images(state: &Known, fields: &Fields) -> Option<Result<Vec<ImageId>, Refusal>> {
    let names = fields.get("images")?.as_array().filter(|names| !names.is_empty())?;
    let known: Vec<ImageId> = names.iter().filter_map(Value::as_str).filter_map(|name| find(state, name)).collect();
    Some(if known.is_empty() { Err(Refusal::not_found("Image not found")) } else { Ok(known) })
}

/// The image that the old program called so. Not a file: `..` leads nowhere.
fn find(state: &Known, name: &str) -> Option<ImageId> {
    state.images().meant_by(&MediaPath::new(name.trim()).ok()?).map(|image| image.id)
}

fn known(state: &Known, id: &str) -> Result<GroupId, Refusal> {
    let group = id.parse().ok().filter(|group: &GroupId| state.groups().get(*group).is_some());
    group.ok_or_else(|| Refusal::not_found("Group not found"))
}

fn done() -> Response {
    Json(json!({ "success": true })).into_response()
}
