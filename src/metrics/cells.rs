//! One [`Cell`] for each route and method, found without a lock.
//!
//! A route is a pattern of the router, never an address somebody typed: whatever is asked for, there are never more cells
//! than the program has routes. What matches no route is counted under [`NONE`].

use super::tally::Cell;
use axum::http::Method;
use std::sync::{Arc, OnceLock};
use xxhash_rust::xxh3::xxh3_64;

/// The route of requests that match none.
const NONE: &str = "none";

/// The methods that are told apart.
pub(super) const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "other"];

/// Room for routes: four times of what there is, so that the right place is mostly the first one looked at.
const PLACES: usize = 512;

/// How many places are looked at for a route.
const TRIES: usize = 64;

/// A route of the router, as a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteId(usize);

impl RouteId {
    /// What matched no route.
    pub const NONE: Self = Self(0);
}

/// The cells. Places are taken once and never given back.
#[derive(Debug)]
pub(super) struct Cells(Box<[OnceLock<Route>]>);

#[derive(Debug)]
struct Route {
    pattern: Arc<str>,
    /// By method; made when it is needed.
    cells: [OnceLock<Arc<Cell>>; METHODS.len()],
}

impl Route {
    fn new(pattern: &str) -> Self {
        Self { pattern: pattern.into(), cells: Default::default() }
    }
}

impl Default for Cells {
    fn default() -> Self {
        let cells = Self((0..PLACES).map(|_| OnceLock::new()).collect());
        if let Some(none) = cells.0.first() {
            none.get_or_init(|| Route::new(NONE));
        }
        cells
    }
}

impl Cells {
    /// The number of the route with this pattern.
    pub(super) fn route(&self, pattern: &str) -> RouteId {
        let hash = usize::try_from(xxh3_64(pattern.as_bytes()) & 0xffff_ffff).unwrap_or_default();
        for attempt in 0..TRIES {
            let place = 1 + (hash + attempt) % (PLACES - 1);
            let Some(found) = self.0.get(place) else { break };
            if *found.get_or_init(|| Route::new(pattern)).pattern == *pattern {
                return RouteId(place);
            }
        }
        RouteId::NONE
    }

    /// The pattern of the route with this number.
    pub(super) fn pattern(&self, route: RouteId) -> Option<Arc<str>> {
        Some(Arc::clone(&self.0.get(route.0)?.get()?.pattern))
    }

    /// The cell of a route and a method.
    pub(super) fn cell(&self, route: RouteId, method: &Method) -> Option<&Cell> {
        let cells = &self.0.get(route.0)?.get()?.cells;
        cells.get(place_of(method)).map(|cell| &**cell.get_or_init(Arc::default))
    }

    /// All cells that were ever needed, with method and route.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Arc<str>, &Arc<Cell>)> {
        self.0.iter().filter_map(OnceLock::get).flat_map(|route| {
            let cells = METHODS.iter().zip(&route.cells);
            cells.filter_map(|(method, cell)| Some((*method, &route.pattern, cell.get()?)))
        })
    }
}

/// The place of a method in [`METHODS`]. HEAD is a GET whose answer is cut short.
fn place_of(method: &Method) -> usize {
    let name = if method == Method::HEAD { "GET" } else { method.as_str() };
    METHODS.iter().position(|known| *known == name).unwrap_or(METHODS.len() - 1)
}
