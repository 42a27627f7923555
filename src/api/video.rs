//! `/videos`: lists of videos, one video, and those like it.

use super::answer::{self, Time};
use super::list::Asked;
use super::thumbnail::Cover;
use crate::pages::Pages;
use crate::pages::address::Address;
use crate::pages::place::Place;
use crate::pages::when::When;
use crate::web::error::WebError;
use crate::web::extract;
use crate::web::human::segment;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use events::VideoId;
use projections::{Corrected, Presence, Search};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// How many related videos there are at most.
const RELATED: usize = 20;

/// One video and all that is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Video {
    /// Its number: given once, never given to another.
    #[schema(example = 42)]
    id: u32,
    /// The name of the file without its extension.
    #[schema(example = "Tide pool")]
    title: String,
    /// Where the file is, or was last.
    #[schema(example = "/srv/videos/sea/Tide pool.mp4")]
    path: String,
    /// 1 to 5, or null when it is not rated.
    #[schema(minimum = 1, maximum = 5, example = 4)]
    stars: Option<u8>,
    /// Whether it has a heart.
    favorite: bool,
    /// How often it was watched.
    #[schema(example = 7)]
    views: u64,
    /// Its tags, in alphabetical order.
    #[schema(example = json!(["calm", "sea"]))]
    tags: Vec<String>,
    /// How long it plays; null until the file was looked into.
    #[schema(example = 754_000)]
    duration_ms: Option<u64>,
    /// Of the picture, in pixels; null until the file was looked into.
    #[schema(example = 1920)]
    width: Option<u32>,
    /// Of the picture, in pixels; null until the file was looked into.
    #[schema(example = 1080)]
    height: Option<u32>,
    /// Of the picture, in frames in 1,000 seconds; null when it is not known.
    #[schema(example = 29_970)]
    frame_rate_mhz: Option<u32>,
    /// Of picture and sound together, in bits in a second; null when it is not known.
    #[schema(example = 4_200_000)]
    bit_rate: Option<u64>,
    /// When it was recorded, if the file says so.
    recorded_at: Option<Time>,
    /// Named places in the film, by time.
    chapters: Vec<Chapter>,
    /// The cover; null until it is made.
    cover: Option<Cover>,
    /// Size of the file.
    #[schema(example = 104_857_600)]
    size_bytes: u64,
    /// When it came into the gallery.
    added_at: Time,
    /// When it was last watched; null if never, or nobody knows when.
    last_viewed_at: Option<Time>,
    /// How far somebody got with it; null if nobody began, or nobody stopped.
    progress: Option<Progress>,
    /// Since when the file is missing; null while it is there.
    missing_since: Option<Time>,
    /// The address of its page.
    #[schema(example = "/watch/42")]
    watch: String,
    /// The address of its bytes, which takes ranges.
    #[schema(example = "/media/42/Tide%20pool.mp4")]
    media: String,
}

/// A named place in a film.
#[derive(Serialize, ToSchema)]
pub(super) struct Chapter {
    /// Where it begins.
    #[schema(example = 61_500)]
    start_ms: u64,
    /// What it is called.
    #[schema(example = "The storm")]
    title: String,
}

impl Chapter {
    fn of(chapter: &events::event::Chapter) -> Self {
        Self { start_ms: chapter.start_ms, title: chapter.title.clone() }
    }
}

/// Where to go on watching.
#[derive(Serialize, ToSchema)]
pub(super) struct Progress {
    /// How far in; null when it was watched to the end.
    #[schema(example = 61_500)]
    position_ms: Option<u64>,
    /// Whether it was watched to the end.
    finished: bool,
    /// When that was.
    at: Time,
}

impl Progress {
    pub(super) fn of(progress: projections::Progress) -> Self {
        match progress {
            projections::Progress::Paused { position_ms, at_ms } => {
                Self { position_ms: Some(position_ms), finished: false, at: Time(at_ms) }
            }
            projections::Progress::Finished { at_ms } => Self { position_ms: None, finished: true, at: Time(at_ms) },
        }
    }
}

impl Video {
    /// What is known of the video with this id; nothing when there is none, or none any more.
    pub(super) fn known(state: &projections::State, id: VideoId) -> Option<Self> {
        let video = state.videos().get(id).filter(|video| video.presence != Presence::Forgotten)?;
        let (views, details) = (state.views().get(id), &video.details);
        let missing_since = match video.presence {
            Presence::Missing { since_ms } => Some(Time(since_ms)),
            Presence::Present | Presence::Forgotten => None,
        };
        Some(Self {
            id: id.get(),
            title: video.title().into_owned(),
            path: video.root.as_path().join(video.path.as_path()).display().to_string(),
            stars: state.ratings().get(id).map(|rated| rated.stars.get()),
            favorite: state.favorites().contains(id),
            views: views.count,
            tags: state.tags().of(id).into_iter().map(|tag| tag.as_str().to_owned()).collect(),
            duration_ms: video.duration_ms,
            width: Some(video.width).filter(|width| *width > 0),
            height: Some(video.height).filter(|height| *height > 0),
            frame_rate_mhz: Some(details.frame_rate_mhz).filter(|rate| *rate > 0),
            bit_rate: Some(details.bit_rate).filter(|rate| *rate > 0),
            recorded_at: details.created_at_ms.map(Time),
            chapters: details.chapters.iter().map(Chapter::of).collect(),
            cover: Cover::of(state, id),
            size_bytes: video.size_bytes,
            added_at: Time(video.added_at_ms),
            last_viewed_at: views.last_viewed_at_ms.map(Time),
            progress: state.playback().get(id).map(Progress::of),
            missing_since,
            watch: format!("/watch/{id}"),
            media: format!("/media/{id}/{}", segment(&video.path.file_name())),
        })
    }

    /// Those of these videos that are known.
    fn all(state: &projections::State, ids: &[VideoId]) -> Vec<Self> {
        ids.iter().filter_map(|id| Self::known(state, *id)).collect()
    }
}

/// That there is no such video.
pub(super) fn unknown(id: VideoId) -> WebError {
    WebError::not_found(format!("There is no video {id}."))
}

/// The parameters of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read strictly by `list`, which needs repeated tags and names what is wrong")]
pub(super) struct ListParameters {
    /// What to search for, in the language of the search box of the pages; at most 256 characters.
    #[param(example = "sea")]
    q: Option<String>,
    /// A tag that every video must have; may be said up to 16 times.
    #[param(example = json!(["calm"]))]
    tag: Option<Vec<String>>,
    /// Which list: `all` (usual), `favorites`, `popular` or `best-of`.
    #[param(example = "all")]
    list: Option<String>,
    /// What to sort by: `added`, `title`, `rating`, `views`, `duration`, `size`, `watched`, `random`, `relevance`. Each list
    /// has a usual one; a search is sorted by relevance.
    #[param(example = "added")]
    sort: Option<String>,
    /// `asc` or `desc`; each sort has a usual one.
    #[param(example = "desc")]
    order: Option<String>,
    /// Decides the random order; the answer says which one was taken.
    #[param(example = 7)]
    seed: Option<u64>,
    /// Which page, from 1 to the last.
    #[param(minimum = 1, example = 1)]
    page: Option<u64>,
    /// How many videos a page has; 60 unless said.
    #[param(minimum = 1, maximum = 120, example = 60)]
    per_page: Option<u64>,
    /// The moment that the list is of: a day (its end), a time, or the number of a change. Now unless said.
    #[param(example = "2026-10-01")]
    at: Option<String>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct VideoList {
    /// The videos of this page, in order.
    videos: Vec<Video>,
    /// How many videos the whole list has.
    #[schema(example = 312)]
    total: usize,
    /// Which page this is.
    #[schema(example = 1)]
    page: usize,
    /// How many pages there are, at least 1.
    #[schema(example = 6)]
    pages: usize,
    /// How long the whole list plays, as far as is known.
    #[schema(example = 86_400_000)]
    duration_ms: u64,
    /// Size of the whole list.
    #[schema(example = 32_000_000_000_u64)]
    size_bytes: u64,
    /// What decides the random order; null for any other.
    seed: Option<u64>,
    /// What was searched for instead because nothing had the words of `q`; null when something had.
    #[schema(example = "tide")]
    corrected: Option<String>,
    /// What in `q` was not understood; the rest of it was searched for.
    slips: Vec<Slip>,
}

/// A part of a search that was not understood.
#[derive(Serialize, ToSchema)]
pub(super) struct Slip {
    /// The part.
    #[schema(example = "nine")]
    text: String,
    /// What is wrong with it, as a sentence.
    #[schema(example = "A rating is 1 to 5 stars.")]
    message: String,
    /// What to write instead, or what was done, as a sentence.
    #[schema(example = "Type rating:>=4.")]
    hint: String,
}

impl Slip {
    fn all(search: &Search) -> Vec<Self> {
        let text = |slip: &projections::Slip| search.typed().get(slip.span.clone()).unwrap_or_default().to_owned();
        let slips = search.slips().iter();
        let slip = |slip: &projections::Slip| Self {
            text: text(slip),
            message: slip.message.clone(),
            hint: slip.hint.clone(),
        };
        slips.map(slip).collect()
    }
}

/// List videos
///
/// A page of a list: filtered, searched and sorted as the pages do it. Unlike the pages this is strict: a parameter that
/// makes no sense is an error that names it. A search never is: what of it was not understood is said in `slips`.
#[utoipa::path(
    get, path = "/videos", operation_id = "listVideos", tag = "videos", params(ListParameters),
    responses((status = 200, description = "One page of the list", body = VideoList)),
)]
pub(super) async fn list(
    State(pages): State<Pages>,
    RawQuery(parameters): RawQuery,
    when: When,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let asked = Asked::read(parameters.as_deref())?;
    // A search takes as long as drawing a page.
    pages.in_turn(|| answer::json(&headers, &found(when.state(), asked.place, &asked.address.seen_at(&when))?)).await
}

/// The page of the list at `address`.
fn found(state: &projections::State, place: Place, address: &Address) -> Result<VideoList, WebError> {
    let mut query = place.query(address);
    let mut list = state.list(&query);
    let corrected = (list.total == 0).then(|| state.corrected(&query.filter)).flatten();
    let corrected = corrected.map(|Corrected { used, search, .. }| {
        query.filter.search = Some(search);
        list = state.list(&query);
        used
    });
    if address.page > list.pages {
        return Err(WebError::bad_parameter("page", format!("The last page of this list is {}.", list.pages)));
    }
    Ok(VideoList {
        videos: Video::all(state, &list.ids),
        total: list.total,
        page: list.page,
        pages: list.pages,
        duration_ms: list.duration_ms,
        size_bytes: list.size_bytes,
        seed: address.seed,
        corrected,
        slips: Slip::all(&address.search()),
    })
}

/// Get a video
///
/// All that is known of it, also while its file is missing.
#[utoipa::path(
    get, path = "/videos/{id}", operation_id = "getVideo", tag = "videos",
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("at" = Option<String>, Query, description = "The moment that it is shown at; now unless said"),
    ),
    responses((status = 200, description = "The video", body = Video)),
)]
pub(super) async fn show(
    extract::Video(id): extract::Video,
    when: When,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let video = Video::known(when.state(), id).ok_or_else(|| unknown(id))?;
    answer::json(&headers, &video)
}

/// Videos like one another.
#[derive(Serialize, ToSchema)]
pub(super) struct Related {
    /// The most alike first.
    videos: Vec<Video>,
}

/// List related videos
///
/// At most 20 videos that share a tag with it, the most alike first.
#[utoipa::path(
    get, path = "/videos/{id}/related", operation_id = "listRelatedVideos", tag = "videos",
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("at" = Option<String>, Query, description = "The moment that they are shown at; now unless said"),
    ),
    responses((status = 200, description = "Videos like it", body = Related)),
)]
pub(super) async fn related(
    extract::Video(id): extract::Video,
    when: When,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let state = when.state();
    Video::known(state, id).ok_or_else(|| unknown(id))?;
    answer::json(&headers, &Related { videos: Video::all(state, &state.related(id, RELATED)) })
}
