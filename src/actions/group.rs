//! Groups of images: made, named, deleted; images put in and taken out.
//!
//! | address | fields |
//! |---|---|
//! | `POST /images/groups` | `name`, `image` as often as there are images |
//! | `POST /images/group` | `group`, an id, and `image`s to put into it |
//! | `POST /images/groups/{group}/rename` | `name` |
//! | `POST /images/groups/{group}/cover` | `image` |
//! | `POST /images/groups/{group}/remove` | `image`s |
//! | `POST /images/groups/{group}/delete` | – |
//!
//! `{group}` is an id here; pages go by the slug.

use super::Asker;
use super::image::image;
use crate::decide::{Command, GroupCommand};
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use crate::web::human::segment;
use crate::writer::{Receipt, Writer};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use events::{GroupId, GroupName, ImageId, Pos};
use projections::{Group, Live};
use serde::Serialize;

/// A form whose fields may come more than once.
type Fields = Form<Vec<(String, String)>>;

/// What a script is told.
#[derive(Serialize)]
struct Known {
    group: u32,
    /// Empty when the group is no more.
    name: String,
    /// The page of the group; that of all images when it is no more.
    href: String,
    /// How many images are in it.
    images: usize,
    /// How many images could not be put in.
    skipped: u64,
    /// Where in the log it was noted; 0 when nothing was changed.
    batch: Pos,
}

/// Makes a group and leads to it.
///
/// # Errors
/// 400 without a name, 404 when images are sent of which none exists, 503 when nothing can be written.
pub async fn create(
    State(writer): State<Writer>,
    State(live): State<Live>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let name = GroupName::new(field(&fields, "name").unwrap_or_default())?;
    let create = GroupCommand::Create { name: name.clone(), images: images(&fields)?, cover: None };
    let receipt = asker.submit(&writer, Command::Group(create)).await?;
    // The answer comes after everybody can see the group; of those called so it is the youngest.
    let state = live.snapshot();
    let made = state.groups().iter().rev().find(|group| group.name == name);
    let made = made.ok_or_else(|| WebError::not_found("The group was deleted at once."))?;
    Ok(answer(&live, &asker, made.id, &receipt, Lead::ToGroup))
}

/// Puts images into a group.
///
/// # Errors
/// 404 for an unknown group or image, 503 when nothing can be written.
pub async fn add(
    State(writer): State<Writer>,
    State(live): State<Live>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let group = group(field(&fields, "group").unwrap_or_default())?;
    let add = GroupCommand::AddImages { group, images: images(&fields)? };
    let receipt = asker.submit(&writer, Command::Group(add)).await?;
    Ok(answer(&live, &asker, group, &receipt, Lead::Back))
}

/// Gives a group another name; its address stays.
///
/// # Errors
/// 400 for an impossible name, 404 for an unknown group, 503 when nothing can be written.
pub async fn rename(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let (group, name) = (group(&id)?, GroupName::new(field(&fields, "name").unwrap_or_default())?);
    let receipt = asker.submit(&writer, Command::Group(GroupCommand::Rename { group, name })).await?;
    Ok(answer(&live, &asker, group, &receipt, Lead::ToGroup))
}

/// Lets one of its images stand for a group.
///
/// # Errors
/// 404 for an unknown group or an image that is not in it, 503 when nothing can be written.
pub async fn cover(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let (group, image) = (group(&id)?, image(field(&fields, "image").unwrap_or_default())?);
    let receipt = asker.submit(&writer, Command::Group(GroupCommand::SetCover { group, image })).await?;
    Ok(answer(&live, &asker, group, &receipt, Lead::ToGroup))
}

/// Takes images out of a group.
///
/// # Errors
/// 404 for an unknown group, 503 when nothing can be written.
pub async fn remove(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let group = group(&id)?;
    let remove = GroupCommand::RemoveImages { group, images: images(&fields)? };
    let receipt = asker.submit(&writer, Command::Group(remove)).await?;
    Ok(answer(&live, &asker, group, &receipt, Lead::ToGroup))
}

/// Deletes a group and leads to the others. Its images stay.
///
/// # Errors
/// 404 for an unknown group, 503 when nothing can be written.
pub async fn delete(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, WebError> {
    let group = group(&id)?;
    let receipt = asker.submit(&writer, Command::Group(GroupCommand::Delete { group })).await?;
    Ok(answer(&live, &asker, group, &receipt, Lead::ToGroup))
}

/// Where the answer to a form leads.
enum Lead {
    Back,
    ToGroup,
}

fn answer(live: &Live, asker: &Asker, id: GroupId, receipt: &Receipt, lead: Lead) -> Response {
    let state = live.snapshot();
    let group = state.groups().get(id);
    let href = group.map_or_else(|| "/images".to_owned(), page);
    if asker.wants_json() {
        let name = group.map_or_else(String::new, |group| group.name.as_str().to_owned());
        let images = group.map_or(0, |group| group.images.len());
        let (skipped, batch) = (receipt.skipped, receipt.first);
        return Json(Known { group: id.get(), name, href, images, skipped, batch }).into_response();
    }
    match lead {
        Lead::Back => asker.lead_back(&href, ""),
        Lead::ToGroup => Redirect::to(&href).into_response(),
    }
}

/// The page of a group.
fn page(group: &Group) -> String {
    format!("/images/groups/{}", segment(group.slug.as_str()))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

fn images(fields: &[(String, String)]) -> Result<Vec<ImageId>, WebError> {
    fields.iter().filter(|(field, _)| field == "image").map(|(_, id)| image(id)).collect()
}

fn group(id: &str) -> Result<GroupId, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("There is no group {id:?}: an id is a number.")))
}
