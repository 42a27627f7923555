//! `POST /edits`: the same change of many videos, as one batch that is stored whole and undone whole.
//!
//! JSON: `videos`, a list of ids, and one change: `stars` (1 to 5, or null to clear), `favorite`, `add` and
//! `remove` (lists of tags), or `playlist` (an id, to put them at its end in this order).

use super::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::Json;
use crate::writer::Writer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use events::{PlaylistId, Pos, Stars, TagName, VideoId};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The most videos of one edit.
pub(crate) const VIDEOS_MAX: usize = 10_000;

/// The most tags of one edit, and the most events it may lead to; further changes wait while they are written.
const TAGS_MAX: usize = 50;
const EVENTS_MAX: usize = 100_000;

/// The same change of many videos: one of `stars`, `favorite`, `playlist`, or `add` and `remove`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Edit, example = json!({"videos": [1, 2], "add": ["calm"], "remove": ["Sea"]}))]
pub struct Fields {
    /// Their numbers, 1 to 10,000. Unknown ones are left out.
    videos: Vec<u32>,
    /// 1 to 5, or null to clear.
    // `Some(None)` is the null.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 5)]
    stars: Option<Option<u8>>,
    /// Whether they are to have a heart.
    #[schema(nullable = false)]
    favorite: Option<bool>,
    /// Tags to attach.
    #[schema(nullable = false)]
    add: Option<Vec<String>>,
    /// Tags to take off.
    #[schema(nullable = false)]
    remove: Option<Vec<String>>,
    /// The number of a playlist to put them at the end of, in this order.
    #[schema(nullable = false)]
    playlist: Option<u32>,
}

fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<u8>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Edited {
    /// What to take back with `POST /undo`; 0 when nothing was changed.
    #[schema(value_type = u64, example = 4711)]
    batch: Pos,
    /// How many events that are.
    #[schema(example = 312)]
    events: u64,
    /// How many videos are as asked now.
    #[schema(example = 312)]
    videos: u64,
    /// How many were left out: unknown ones, and those that can take no more.
    #[schema(example = 0)]
    skipped: u64,
}

/// Changes many videos alike.
///
/// # Errors
/// 400 unless there is one change that makes sense, 404 when none of the videos or no such playlist exists, 409 when
/// none of them can take it, 503 when nothing can be written.
pub async fn carry_out(
    State(writer): State<Writer>,
    asker: Asker,
    Json(fields): Json<Fields>,
) -> Result<Response, WebError> {
    Ok(axum::Json(edit_all(&writer, &asker, fields).await?).into_response())
}

/// The same, whoever asks.
pub(crate) async fn edit_all(writer: &Writer, asker: &Asker, fields: Fields) -> Result<Edited, WebError> {
    let edit = fields.edit()?;
    let count = match &edit.change {
        // The same video may come twice in a playlist.
        Change::AddToPlaylist(_) => edit.videos.len(),
        Change::Rate(_) | Change::ClearRating | Change::AddFavorite | Change::RemoveFavorite | Change::Tag { .. } => {
            edit.videos.iter().collect::<BTreeSet<_>>().len()
        }
    };
    let receipt = asker.submit(writer, Command::Edit(edit)).await?;
    let (batch, events, skipped) = (receipt.first, receipt.events, receipt.skipped);
    Ok(Edited { batch, events, videos: count as u64 - skipped, skipped })
}

impl Fields {
    fn edit(self) -> Result<Edit, WebError> {
        let Self { videos, stars, favorite, add, remove, playlist } = self;
        if videos.is_empty() || videos.len() > VIDEOS_MAX {
            return Err(WebError::bad_input(format!("An edit is of 1 to {VIDEOS_MAX} videos.")));
        }
        let videos: Vec<VideoId> = videos.into_iter().map(VideoId::new).collect::<Result<_, _>>()?;
        let change = match (stars, favorite, add, remove, playlist) {
            (Some(Some(stars)), None, None, None, None) => Change::Rate(Stars::new(stars)?),
            (Some(None), None, None, None, None) => Change::ClearRating,
            (None, Some(true), None, None, None) => Change::AddFavorite,
            (None, Some(false), None, None, None) => Change::RemoveFavorite,
            (None, None, None, None, Some(playlist)) => Change::AddToPlaylist(PlaylistId::new(playlist)?),
            (None, None, add, remove, None) if add.is_some() || remove.is_some() => tags(videos.len(), add, remove)?,
            _ => {
                let why = "Send one change: `stars`, `favorite`, `playlist`, or `add` and `remove`.";
                return Err(WebError::bad_input(why));
            }
        };
        Ok(Edit { videos, change, only_if: None })
    }
}

fn tags(videos: usize, add: Option<Vec<String>>, remove: Option<Vec<String>>) -> Result<Change, WebError> {
    let names = |texts: Option<Vec<String>>| {
        texts.unwrap_or_default().iter().map(|text| TagName::new(text)).collect::<Result<Vec<_>, _>>()
    };
    let (add, remove) = (names(add)?, names(remove)?);
    let count = add.len() + remove.len();
    if count == 0 || count > TAGS_MAX {
        return Err(WebError::bad_input(format!("An edit names 1 to {TAGS_MAX} tags.")));
    }
    if videos * count > EVENTS_MAX {
        return Err(WebError::bad_input(format!("Videos times tags may be at most {EVENTS_MAX}. Send it in parts.")));
    }
    Ok(Change::Tag { add, remove })
}
