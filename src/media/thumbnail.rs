//! The pictures made of videos: `GET` and `HEAD` of `/thumbnails/{id}/{hash}/{form}.jpg`, whose address names its content and
//! may be kept for ever, and of what leads there.
//!
//! A picture that is to be there and is not is answered with a placeholder that is soon asked for again, and wished for, so
//! that it is made. Who makes it is not known here.

use super::Media;
use crate::thumbnails::wanted::Wish;
use crate::thumbnails::{Form, Picture, address, placeholder};
use crate::web::error::WebError;
use crate::web::extract::{Json, Path, Video};
use crate::web::packed::client_has;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use events::VideoId;
use events::values::ContentId;
use projections::{Presence, Sheet, Storyboard, Thumbnail};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use tokio::task::spawn_blocking;

/// How long a client may keep a picture whose address names its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// How long it may keep a placeholder: the picture takes about a second to make.
const SOON: &str = "private, max-age=2";
/// When it is worth asking again after a 503, in seconds.
const RETRY_AFTER_S: u32 = 5;
/// How many pictures may be wished for at once.
const WISHES_MAX: usize = 200;

/// Sends a picture by its hash.
///
/// # Errors
/// 404 for videos and pictures that do not exist, 503 when the disk does not answer.
pub async fn picture(
    State(media): State<Media>,
    Video(video): Video,
    Path((_, hash, file)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let unknown = || WebError::not_found("There is no picture at this address.");
    let form = form(&file).ok_or_else(unknown)?;
    let picture = Picture { id: content(&hash).ok_or_else(unknown)?, form };
    let title = media.known(video)?;
    let etag = HeaderValue::try_from(format!("\"{hash}-{}\"", form.name())).map_err(WebError::internal)?;
    if client_has(&headers, &etag) {
        let answer = Response::builder().status(StatusCode::NOT_MODIFIED);
        return finish(answer.header(ETAG, etag).header(CACHE_CONTROL, FOR_EVER), Body::empty());
    }
    let store = media.store.clone();
    let read = spawn_blocking(move || store.read(picture)).await.map_err(WebError::internal)?;
    let bytes = read.map_err(|error| {
        WebError::unavailable("This picture cannot be read right now.", RETRY_AFTER_S).with_source(error)
    })?;
    match bytes {
        Some(bytes) => {
            let answer = Response::builder().header(ETAG, etag).header(CACHE_CONTROL, FOR_EVER);
            finish(answer.header(CONTENT_TYPE, "image/jpeg"), Body::from(bytes))
        }
        None if media.awaited(video, picture) => media.stand_in(video, form, &title),
        None => Err(unknown()),
    }
}

/// `GET /thumbnails/{id}/{form}.jpg` leads to the picture there is now; `storyboard.json` and `storyboard.vtt` say what is
/// where on the storyboard.
///
/// # Errors
/// 404 for videos that do not exist, unknown names, and storyboards that do not exist (yet).
pub async fn current(
    State(media): State<Media>,
    Video(video): Video,
    Path((_, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    let title = media.known(video)?;
    match file.as_str() {
        "storyboard.json" => {
            let layout = media.sheet(video)?;
            let json = serde_json::to_vec(&Board::of(video, &layout)).map_err(WebError::internal)?;
            described(&headers, &layout, "application/json", json)
        }
        "storyboard.vtt" => {
            let layout = media.sheet(video)?;
            described(&headers, &layout, "text/vtt; charset=utf-8", vtt(video, &layout).into())
        }
        file => {
            let form = form(file).ok_or_else(|| WebError::not_found("There is no picture at this address."))?;
            let state = media.live.snapshot();
            let known = state.thumbnails();
            let id = match form {
                Form::Poster | Form::Large | Form::Small => known.cover(video).map(|cover| cover.id),
                Form::Sheet => known.sheet(video).map(|sheet| sheet.id),
            };
            let Some(id) = id else { return media.stand_in(video, form, &title) };
            let there = format!("{}/{}.jpg", address(video, id), form.name());
            let answer = Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, there);
            finish(answer.header(CACHE_CONTROL, "private, no-cache"), Body::empty())
        }
    }
}

/// What a page shows and has no pictures for. Unknown numbers are passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    #[serde(default)]
    covers: Vec<u32>,
    #[serde(default)]
    storyboards: Vec<u32>,
}

/// `POST /thumbnails/wanted`: what somebody waits for is made before other pictures. Nothing is written.
///
/// # Errors
/// 400 for too many at once.
pub async fn wanted(State(media): State<Media>, Json(waiting): Json<Waiting>) -> Result<StatusCode, WebError> {
    let Waiting { covers, storyboards } = waiting;
    if covers.len() + storyboards.len() > WISHES_MAX {
        return Err(WebError::bad_input(format!("At most {WISHES_MAX} pictures can be wished for at once.")));
    }
    let state = media.live.snapshot();
    let pending = state.thumbnails().pending();
    let known =
        |number: &u32| VideoId::new(*number).ok().filter(|video| state.videos().present().contains(video.get()));
    let covers = covers.iter().filter(|number| pending.contains(**number)).filter_map(known).map(Wish::Cover);
    let missing = |video: &VideoId| *state.thumbnails().storyboard(*video) == Storyboard::Missing;
    let storyboards = storyboards.iter().filter_map(known).filter(missing).map(Wish::Storyboard);
    let wishes: Vec<Wish> = covers.chain(storyboards).collect();
    if !wishes.is_empty() {
        media.wanted.wish(wishes.into_iter());
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Media {
    /// The title of a video that there is.
    fn known(&self, video: VideoId) -> Result<String, WebError> {
        let state = self.live.snapshot();
        let known = state.videos().get(video).filter(|known| known.presence != Presence::Forgotten);
        let title = known.map(|known| known.title().into_owned());
        title.ok_or_else(|| WebError::not_found(format!("There is no video {video}.")))
    }

    /// Whether a picture that is not in the store is to be: it is the one of this video, or that is still to be made.
    fn awaited(&self, video: VideoId, picture: Picture) -> bool {
        let state = self.live.snapshot();
        match (picture.form, state.thumbnails().get(video)) {
            (Form::Sheet, _) => state.thumbnails().sheet(video).is_some_and(|sheet| sheet.id == picture.id),
            (Form::Poster | Form::Large | Form::Small, Thumbnail::Made(cover)) => {
                cover.id == picture.id || state.thumbnails().pending().contains(video.get())
            }
            (Form::Poster | Form::Large | Form::Small, Thumbnail::Missing) => true,
            (Form::Poster | Form::Large | Form::Small, Thumbnail::Failed(_)) => false,
        }
    }

    /// The placeholder of a video, and a wish for its picture. A thousand requests are one wish.
    fn stand_in(&self, video: VideoId, form: Form, title: &str) -> Result<Response<Body>, WebError> {
        self.wish_for(video, form);
        let answer = Response::builder().header(CACHE_CONTROL, SOON).header(CONTENT_TYPE, "image/svg+xml");
        finish(answer, Body::from(placeholder::svg(video, title)))
    }

    /// Notes that somebody waits for a picture, unless it cannot be made.
    fn wish_for(&self, video: VideoId, form: Form) {
        let state = self.live.snapshot();
        let (wish, failed) = match form {
            Form::Poster | Form::Large | Form::Small => {
                (Wish::Cover(video), state.thumbnails().failed().contains(video.get()))
            }
            Form::Sheet => (Wish::Storyboard(video), *state.thumbnails().storyboard(video) == Storyboard::Failed),
        };
        if !failed && state.videos().present().contains(video.get()) {
            self.wanted.wish([wish].into_iter());
        }
    }

    /// The storyboard of a video; one that there is not yet is wished for.
    fn sheet(&self, video: VideoId) -> Result<Sheet, WebError> {
        let state = self.live.snapshot();
        match state.thumbnails().storyboard(video) {
            Storyboard::Made(sheet) => Ok(Sheet::clone(sheet)),
            Storyboard::Missing => {
                self.wish_for(video, Form::Sheet);
                Err(WebError::not_found("There is no storyboard of this video yet. It is made now."))
            }
            Storyboard::Failed => Err(WebError::not_found("No storyboard of this video could be made.")),
        }
    }
}

/// What is where on a storyboard.
#[derive(Serialize)]
struct Board {
    sheet: String,
    tiles: u16,
    columns: u16,
    tile_width: u16,
    tile_height: u16,
    interval_ms: u32,
}

impl Board {
    fn of(video: VideoId, sheet: &Sheet) -> Self {
        let layout = sheet.layout;
        Self {
            sheet: format!("{}/{}.jpg", address(video, sheet.id), Form::Sheet.name()),
            tiles: layout.tiles,
            columns: layout.columns,
            tile_width: layout.tile_width,
            tile_height: layout.tile_height,
            interval_ms: layout.interval_ms,
        }
    }
}

/// The same as an index that players know: WebVTT cues whose text is a part of an image (Media Fragments, 4.2.2).
fn vtt(video: VideoId, sheet: &Sheet) -> String {
    let Board { sheet, tiles, columns, tile_width, tile_height, interval_ms } = Board::of(video, sheet);
    let columns = columns.max(1);
    let mut text = String::from("WEBVTT\n");
    for tile in 0..tiles {
        let from_ms = u64::from(interval_ms) * u64::from(tile);
        let [from, to] = [from_ms, from_ms + u64::from(interval_ms)].map(time);
        let [left, width] = [tile % columns, 1].map(|tiles| u32::from(tiles) * u32::from(tile_width));
        let [top, height] = [tile / columns, 1].map(|tiles| u32::from(tiles) * u32::from(tile_height));
        // Writing into a text does not fail.
        let _ = write!(text, "\n{from} --> {to}\n{sheet}#xywh={left},{top},{width},{height}\n");
    }
    text
}

/// A time as WebVTT has it.
fn time(at_ms: u64) -> String {
    let [hours, minutes, seconds] = [at_ms / 3_600_000, at_ms / 60_000 % 60, at_ms / 1000 % 60];
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", at_ms % 1000)
}

/// What is where on this `sheet`, in some words; 304 if the client has them.
fn described(
    headers: &HeaderMap,
    sheet: &Sheet,
    kind: &'static str,
    bytes: Vec<u8>,
) -> Result<Response<Body>, WebError> {
    let etag = HeaderValue::try_from(format!("\"{:032x}\"", sheet.id.0)).map_err(WebError::internal)?;
    let known = client_has(headers, &etag);
    let answer = Response::builder().header(ETAG, etag).header(CACHE_CONTROL, "private, no-cache");
    match known {
        true => finish(answer.status(StatusCode::NOT_MODIFIED), Body::empty()),
        false => finish(answer.header(CONTENT_TYPE, kind), Body::from(bytes)),
    }
}

fn finish(answer: axum::http::response::Builder, body: Body) -> Result<Response<Body>, WebError> {
    answer.body(body).map_err(WebError::internal)
}

/// The form that a file of this name has.
fn form(file: &str) -> Option<Form> {
    Form::named(file.strip_suffix(".jpg")?)
}

/// The address of a picture, of 32 lower hexadecimal digits.
fn content(hash: &str) -> Option<ContentId> {
    let digits = hash.len() == 32 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| u128::from_str_radix(hash, 16).ok().map(ContentId)).flatten()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use events::event::SheetLayout;

    #[test]
    fn only_a_hash_is_one() {
        assert_eq!(content("000000000000000000000000000000ff"), Some(ContentId(255)));
        let no = [
            "",
            "ff",
            "+00000000000000000000000000000ff",
            "000000000000000000000000000000FF",
            "000000000000000000000000000000ff0",
        ];
        assert!(no.iter().all(|hash| content(hash).is_none()));
    }

    #[test]
    fn players_find_every_tile() {
        let layout = SheetLayout { tiles: 3, columns: 2, tile_width: 160, tile_height: 90, interval_ms: 1_800_500 };
        let text = vtt(VideoId::new(7).unwrap(), &Sheet { id: ContentId(0xa), layout });
        let sheet = "/thumbnails/7/0000000000000000000000000000000a/sheet.jpg";
        assert_eq!(
            text,
            format!(
                "WEBVTT\n\n00:00:00.000 --> 00:30:00.500\n{sheet}#xywh=0,0,160,90\n\n00:30:00.500 --> 01:00:01.000\n\
                 {sheet}#xywh=160,0,160,90\n\n01:00:01.000 --> 01:30:01.500\n{sheet}#xywh=0,90,160,90\n"
            )
        );
    }
}
