//! The card of the caches: how often what was asked for was at hand, and what that takes.

use super::Level;
use crate::web::page_cache::Counts;
use serde::Serialize;
use utoipa::ToSchema;

/// The share of hits below which pages are drawn too often, in percent, ...
const FEW_HITS_PERCENT: u64 = 50;
/// ... once there were enough of them to tell.
const ENOUGH: u64 = 500;

/// What is kept in memory so that it need not be made again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = CachesCard)]
pub struct Card {
    /// Each by its name.
    pub caches: Vec<Cache>,
}

/// One of them, since the start.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Cache {
    /// Its name: `pages`.
    #[schema(example = "pages")]
    pub name: &'static str,
    /// How well it does.
    pub level: Level,
    /// How often what was asked for was at hand, or was being made for somebody else.
    #[schema(example = 930)]
    pub hits: u64,
    /// How often it had to be made.
    #[schema(example = 70)]
    pub misses: u64,
    /// The share of hits, in percent; null before the first.
    #[schema(example = 93)]
    pub hit_percent: Option<u64>,
    /// How much is held.
    #[schema(example = 64)]
    pub entries: u64,
    /// The memory that takes.
    #[schema(example = 2_100_000)]
    pub size_bytes: u64,
    /// The memory it may take.
    #[schema(example = 67_108_864)]
    pub max_bytes: u64,
    /// How much was thrown out to make room for others.
    #[schema(example = 0)]
    pub evictions: u64,
}

impl Card {
    /// The card of the finished pages.
    #[must_use]
    pub fn of(pages: Counts) -> Self {
        let hits = pages.at_hand();
        let asked = hits.saturating_add(pages.misses);
        let hit_percent = hits.saturating_mul(100).checked_div(asked);
        let poor = asked >= ENOUGH && hit_percent.is_some_and(|percent| percent < FEW_HITS_PERCENT);
        let pages = Cache {
            name: "pages",
            level: if poor { Level::Warn } else { Level::Good },
            hits,
            misses: pages.misses,
            hit_percent,
            entries: pages.pages,
            size_bytes: pages.size_bytes,
            max_bytes: pages.max_bytes,
            evictions: pages.evictions,
        };
        Self { caches: vec![pages] }
    }
}
