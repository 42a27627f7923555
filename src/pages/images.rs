//! The image gallery: `GET /images`, `/images/favorites` and `/images/groups/{slug}`.
//!
//! The first shows the groups, and below them the images that are in none; the second every favourite, also
//! those in groups; the third one group, in its own order.

use super::Pages;
use super::address::Address;
use super::parts::{Empty, Pager};
use super::when::When;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::human::segment;
use axum::extract::{Request, State};
use axum::response::Response;
use events::values::GroupSlug;
use events::{GroupName, ImageId};
use projections::{Group, Image, Shown, Sort};
use serde::Serialize;

/// The groups, and the images in none of them.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn show(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    list(&pages, &when, &request, "/images", Shown::Loose).await
}

/// The favourites.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn favorites(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    list(&pages, &when, &request, "/images/favorites", Shown::Favorites).await
}

fn list(
    pages: &Pages,
    when: &When,
    request: &Request,
    path: &str,
    shown: Shown,
) -> impl Future<Output = Result<Response, WebError>> {
    let (uri, headers) = (request.uri(), request.headers());
    async move {
        let address = Address::read(uri.query(), Sort::Added);
        let folder = pages.0.images.as_deref();
        let url = canonical(&address).url(path).into_owned();
        let build = |state: &projections::State| Ok(Album::of(state, &address, path, shown, folder));
        pages.answer(when, headers, &url, "images.html", build).await
    }
}

/// One group.
///
/// # Errors
/// 404 for an address that no group has.
pub async fn group(
    State(pages): State<Pages>,
    Path(slug): Path<String>,
    when: When,
    request: Request,
) -> Result<Response, WebError> {
    let address = Address::read(request.uri().query(), Sort::Added);
    let path = format!("/images/groups/{}", segment(&slug));
    let url = canonical(&address).url(&path).into_owned();
    pages
        .show_at(&when, &request, &url, "images.html", |state| {
            let slug = GroupSlug::new(&slug).ok();
            let group = slug.and_then(|slug| state.groups().by_slug(&slug));
            let group = group.ok_or_else(|| WebError::not_found("There is no group of images at this address."))?;
            Ok(Album::of_group(state, group, &address, &path))
        })
        .await
}

/// What an address says about a list of images: the page, and how long it is.
fn canonical(address: &Address) -> Address {
    let mut canonical = Address::usual(Sort::Added).on_page(address.page);
    canonical.per_page = address.per_page;
    canonical
}

/// The page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Album {
    title: String,
    section: &'static str,
    q: &'static str,
    /// The favourites are shown.
    favorites: bool,
    /// The group that is shown, if one is.
    group: Option<Head>,
    /// The groups above the images.
    groups: Vec<Cover>,
    /// Every group, to put images into.
    choices: Vec<Choice>,
    tiles: Vec<Tile>,
    total: usize,
    pager: Option<Pager>,
    name_max: usize,
    empty: Empty,
}

/// What a page says about its group.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Head {
    id: u32,
    /// Images in it whose file is missing.
    missing: usize,
}

/// A group above the images.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Cover {
    href: String,
    name: String,
    /// The picture that stands for it; nothing for a group without images.
    picture: Option<String>,
    images: usize,
}

/// A group to put images into.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Choice {
    id: u32,
    name: String,
}

/// An image.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Tile {
    id: u32,
    name: String,
    href: String,
    favorite: bool,
    /// It stands for the group that is shown.
    cover: bool,
    /// The groups it is in, by id.
    groups: String,
}

impl Album {
    fn of(state: &projections::State, address: &Address, path: &str, shown: Shown, folder: Option<&str>) -> Self {
        let list = state.image_list(shown, address.page, address.per_page);
        let favorites = shown == Shown::Favorites;
        let mut groups: Vec<&Group> = state.groups().iter().collect();
        groups.sort_by_key(|group| group.name.as_str().to_lowercase());
        let first = !favorites && list.page == 1;
        Self {
            title: if favorites { "Favorite images" } else { "Images" }.to_owned(),
            group: None,
            groups: groups.iter().filter(|_| first).map(|group| Cover::of(state, group)).collect(),
            tiles: list.ids.iter().filter_map(|image| Tile::of(state, *image, None)).collect(),
            total: list.total,
            pager: Pager::of(&canonical(address), path, list.page, list.pages),
            empty: if favorites { no_favorites() } else { nothing(state, folder) },
            ..Self::frame(state, favorites)
        }
    }

    fn of_group(state: &projections::State, group: &Group, address: &Address, path: &str) -> Self {
        let there: Vec<ImageId> = group.images.iter().copied().filter(|image| present(state, *image)).collect();
        let (total, pages) = (there.len(), there.len().div_ceil(address.per_page).max(1));
        let page = address.page.clamp(1, pages);
        let shown = there.into_iter().skip((page - 1) * address.per_page).take(address.per_page);
        let empty = Empty {
            icon: "image",
            title: "No images in this group".to_owned(),
            text: "Select images and add them to it.".to_owned(),
            href: Some("/images".to_owned()),
            action: "All images",
            ..Empty::default()
        };
        Self {
            title: group.name.as_str().to_owned(),
            group: Some(Head { id: group.id.get(), missing: group.images.len() - total }),
            tiles: shown.filter_map(|image| Tile::of(state, image, group.cover)).collect(),
            total,
            pager: Pager::of(&canonical(address), path, page, pages),
            empty,
            ..Self::frame(state, false)
        }
    }

    /// What all pages of images have in common.
    fn frame(state: &projections::State, favorites: bool) -> Self {
        let choice = |group: &Group| Choice { id: group.id.get(), name: group.name.as_str().to_owned() };
        let mut choices: Vec<Choice> = state.groups().iter().map(choice).collect();
        choices.sort_by_key(|choice| choice.name.to_lowercase());
        Self {
            title: String::new(),
            section: "images",
            q: "",
            favorites,
            group: None,
            groups: Vec::new(),
            choices,
            tiles: Vec::new(),
            total: 0,
            pager: None,
            name_max: GroupName::MAX_CHARS,
            empty: Empty::default(),
        }
    }
}

impl Cover {
    fn of(state: &projections::State, group: &Group) -> Self {
        let mut there = group.images.iter().copied().filter(|image| present(state, *image));
        let chosen = group.cover.filter(|image| present(state, *image));
        let picture = chosen.or_else(|| there.clone().next()).and_then(|image| state.images().get(image));
        Self {
            href: format!("/images/groups/{}", segment(group.slug.as_str())),
            name: group.name.as_str().to_owned(),
            picture: picture.map(href),
            images: there.by_ref().count(),
        }
    }
}

impl Tile {
    fn of(state: &projections::State, image: ImageId, cover: Option<ImageId>) -> Option<Self> {
        let known = state.images().get(image)?;
        let groups: Vec<String> = state.groups().of(image).map(|group| group.id.to_string()).collect();
        Some(Self {
            id: image.get(),
            name: known.path.file_name(),
            href: href(known),
            favorite: known.favored_at_ms.is_some(),
            cover: cover == Some(image),
            groups: groups.join(" "),
        })
    }
}

fn present(state: &projections::State, image: ImageId) -> bool {
    state.images().present().contains(image.get())
}

/// Where the bytes of an image are.
fn href(image: &Image) -> String {
    format!("/images/{}/{}", image.id, segment(&image.path.file_name()))
}

fn no_favorites() -> Empty {
    Empty {
        icon: "heart",
        title: "No favorite images yet".to_owned(),
        text: "Click the heart of an image to keep it here.".to_owned(),
        href: Some("/images".to_owned()),
        action: "All images",
        ..Empty::default()
    }
}

fn nothing(state: &projections::State, folder: Option<&str>) -> Empty {
    let (title, text) = match (state.images().present().is_empty(), folder) {
        (false, _) => ("Every image is in a group", "What is in no group is shown here."),
        (true, Some(_)) => ("No images yet", "Put pictures into this folder; they appear here by themselves:"),
        (true, None) => {
            ("No image folder", "Start the server with --images FOLDER to see the pictures of a folder here.")
        }
    };
    let folders = folder.filter(|_| state.images().present().is_empty()).map(str::to_owned).into_iter().collect();
    Empty { icon: "image", title: title.to_owned(), text: text.to_owned(), folders, ..Empty::default() }
}
