//! What the gallery knows: a pure function of the events, and the questions one can ask of it.
//!
//! One [`State`] holds everything. [`State::apply`] takes in what happened; it is total, and depends on
//! nothing but the events: no clock, no randomness, no disk, no order of hashing. Readers get a whole
//! state from [`Live`] and ask only that, so that everything on a page agrees.
//!
//! Modules in reading order: `state` and `facts` are the fold; `video`, `videos`, `ratings`, `favorites`, `views`,
//! `playback`, `tags`, `playlists`, `thumbnails`, `imports`, `images`, `image_groups`, `statistics`, `maintenance` are the
//! facts, a noun each; `keys`, `index`, `orders`, `lookups`, `texts` are what is computed from them; `query`, `bands`,
//! `shuffle`, `groups`, `search`, `related`, `neighbours`, `gallery`, `watched` answer, `difference` compares two
//! moments; `live` publishes, `checkpoint` keeps.
//! `bits`, `column`, `bytes`, `text`, `anomaly` serve the others.

mod anomaly;
mod bands;
mod bits;
mod bytes;
mod checkpoint;
mod column;
mod difference;
mod facts;
mod favorites;
mod gallery;
mod groups;
mod image_groups;
mod images;
mod imports;
mod index;
mod keys;
mod live;
mod lookups;
mod maintenance;
mod neighbours;
mod orders;
mod playback;
mod playlists;
mod query;
mod ratings;
mod related;
mod search;
mod shuffle;
mod state;
mod statistics;
mod tags;
mod text;
mod texts;
mod thumbnails;
mod video;
mod videos;
mod views;
mod watched;

pub use anomaly::Anomaly;
pub use checkpoint::SCHEMA;
pub use difference::{Added, Difference, Part, Relisted, Removed, Rerated, Retagged, Rewatched};
pub use favorites::Favorites;
pub use gallery::{ImageList, Shown};
pub use image_groups::{Group, Groups};
pub use images::{Image, Images};
pub use imports::{Imports, Outcome, Run};
pub use live::{Live, Publisher};
pub use maintenance::{Maintenance, Verified};
pub use neighbours::Neighbours;
pub use playback::{Playback, Progress};
pub use playlists::{Item, Playlist, Playlists};
pub use query::{Filter, List, Order, Query, Sort};
pub use ratings::{Rated, Ratings};
pub use search::{Corrected, Example, LANGUAGE, Now, Search, Slip};
pub use state::{Replay, State};
pub use statistics::{Hour, Statistics};
pub use tags::{TagId, Tags};
pub use thumbnails::{Cover, Failure, Sheet, Storyboard, Tally, Thumbnail, Thumbnails};
pub use video::{Presence, Video};
pub use videos::Videos;
pub use views::{Viewed, Views};
pub use watched::{Sum, Watched};
