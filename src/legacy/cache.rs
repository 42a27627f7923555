//! What an operator of the old program asked: how its caches are, new ones please, and throw away what has no file.
//!
//! There are no caches of facts here and nothing expires; the fields are filled with what comes closest. Nothing is ever
//! thrown away: a file that is missing hides its card and keeps all that is known ("missing is not deleted").

use super::{Legacy, favorite, names};
use crate::clock;
use crate::web::page_cache::{CAPACITY_BYTES, Counts};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use projections::{Order, Query, Sort, State as Known};
use serde_json::{Map, Value, json};

use super::answer::fresh;

/// The facts that the old program kept copies of.
const CACHES: [&str; 6] = ["ratings", "views", "tags", "favorites", "video_list", "popular_tags"];
/// How many videos are listed as recent.
const RECENT: usize = 10;
/// How full the store of pages is (by room, 0 to 1) before it is worth a word.
const WARNING: f64 = 0.8;
const FULL: f64 = 0.95;

/// `GET /admin/cache/status`. All facts are as old as the last event: `last_refresh` is its time in seconds since the
/// epoch, and they are always valid. The "preview cache" is the store of finished pages.
pub(super) async fn status(State(legacy): State<Legacy>) -> Response {
    let state = legacy.snapshot();
    let recent = Query { sort: Sort::Added, order: Order::Descending, per_page: RECENT, ..Query::default() };
    let recent: Vec<_> = state.list(&recent).ids.into_iter().map(|video| names::of(&state, video)).collect();
    let age = age(&state, clock::now_ms());
    let ages: Map<String, Value> = CACHES.iter().map(|cache| ((*cache).to_owned(), age.clone())).collect();
    let counts = legacy.0.pages.counts();
    let mut status = json!({
        "backend": "Event log (in memory)",
        "video_count": state.videos().present().len(),
        "favorites_count": favorite::favorites(&state).len(),
        "cache_ttl": 0,
        "video_list_ttl": 0,
        "cache_ages": ages,
        "recent_videos": recent,
        "cache_hit_rate": 100.0 * ratio(counts.at_hand(), counts.at_hand() + counts.misses),
    });
    if let (Some(fields), Value::Object(preview)) = (status.as_object_mut(), preview(counts).fields()) {
        fields.extend(preview);
    }
    fresh(status)
}

/// The "preview cache": the store of finished pages.
pub(super) struct Preview {
    pages: u64,
    size_bytes: u64,
    usage: f64,
    /// `good`, `warning` or `full`.
    pub(super) status: &'static str,
}

/// What there is to say of it.
pub(super) fn preview(Counts { pages, size_bytes, .. }: Counts) -> Preview {
    let usage = ratio(size_bytes, CAPACITY_BYTES);
    let status = if usage >= FULL {
        "full"
    } else if usage >= WARNING {
        "warning"
    } else {
        "good"
    };
    Preview { pages, size_bytes, usage, status }
}

impl Preview {
    /// The same with the old names.
    pub(super) fn fields(&self) -> Value {
        json!({
            "preview_cache_bytes": self.size_bytes,
            "preview_cache_limit_bytes": CAPACITY_BYTES,
            "preview_cache_usage_ratio": self.usage,
            "preview_cache_items": self.pages,
            "last_refresh_at": null,
            "status": self.status,
        })
    }
}

/// `POST /admin/cache/refresh`: the library folders are looked at again, as soon as they have rested from the last time.
/// Nothing else can be out of date.
pub(super) async fn refresh(State(legacy): State<Legacy>) -> Json<Value> {
    legacy.0.folders.iter().for_each(|folder| folder.bell.ring());
    Json(json!({ "success": true, "message": "Cache refreshed" }))
}

/// `POST /admin/metadata/prune`: a look at what the old program would have deleted. Nothing is, ever, so every number of
/// removed things is 0; what belongs to missing files and is kept is counted in `kept`.
pub(super) async fn prune(State(legacy): State<Legacy>) -> Json<Value> {
    let state = legacy.snapshot();
    let [mut ratings, mut views, mut favorites, mut tags] = [0_u64; 4];
    let missing = state.videos().missing();
    for video in missing.iter().filter_map(|number| events::VideoId::new(number).ok()) {
        ratings += u64::from(state.ratings().get(video).is_some());
        views += u64::from(state.views().get(video).count > 0);
        favorites += u64::from(state.favorites().contains(video));
        tags += state.tags().ids_of(video).len() as u64;
    }
    Json(json!({
        "success": true,
        "dry_run": true,
        "videos_on_disk": state.videos().present().len(),
        "ratings_removed": 0,
        "views_removed": 0,
        "favorites_removed": 0,
        "tag_entries_removed": 0,
        "tag_values_removed": 0,
        "kept": {
            "videos_missing": missing.len(),
            "ratings": ratings,
            "views": views,
            "favorites": favorites,
            "tag_entries": tags,
        },
    }))
}

fn age(state: &Known, now_ms: i64) -> Value {
    let at_ms = state.recorded_at_ms();
    if at_ms == 0 {
        return json!({ "last_refresh": null, "age_seconds": null, "is_valid": true });
    }
    json!({
        "last_refresh": seconds(at_ms),
        "age_seconds": seconds(now_ms.saturating_sub(at_ms).max(0)),
        "is_valid": true,
    })
}

/// Milliseconds as the seconds with decimals that Python counts in.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a float")]
pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than a float has")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
