//! What people ask for, and what is sent to them.

use super::super::Family;
use super::super::Kind::{Counter, Gauge, Histogram};
use super::super::text::Durations;
use crate::web::page_cache::CAPACITY_BYTES;

/// Statuses by their first digit, 1xx first.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "lvs_http_requests_total",
        kind: Counter,
        labels: &["method", "route", "status"],
        help: "Answers, by method, pattern of the address (none for what matches none), and first digit of the status.",
        read: |facts, samples| {
            for route in &facts.totals.routes {
                let counts = CLASSES.iter().zip(route.classes);
                let seen = counts.filter(|(class, count)| *count > 0 || ["2xx", "5xx"].contains(class));
                seen.for_each(|(class, count)| samples.number(&[route.method, &route.route, class], count));
            }
        },
    },
    Family {
        name: "lvs_http_request_duration_seconds",
        kind: Histogram,
        labels: &["method", "route"],
        help: "How long it took until an answer began: its head, not the sending of its body.",
        read: |facts, samples| {
            for route in &facts.totals.routes {
                samples.durations(&[route.method, &route.route], Durations::of(&route.times));
            }
        },
    },
    Family {
        name: "lvs_http_panics_total",
        kind: Counter,
        labels: &[],
        help: "Requests whose handler panicked; each was answered with 500.",
        read: |facts, samples| samples.number(&[], facts.totals.panics),
    },
    Family {
        name: "lvs_page_cache_lookups_total",
        kind: Counter,
        labels: &["result"],
        help: "Pages answered from memory (hit), after a look that nothing on them changed (proven), by another who was drawing \
               the same one (waited), or drawn (miss).",
        read: |facts, samples| {
            samples.number(&["hit"], facts.pages.hits);
            samples.number(&["proven"], facts.pages.proven);
            samples.number(&["waited"], facts.pages.waits);
            samples.number(&["miss"], facts.pages.misses);
        },
    },
    Family {
        name: "lvs_page_cache_evictions_total",
        kind: Counter,
        labels: &[],
        help: "Pages thrown out for others to have room.",
        read: |facts, samples| samples.number(&[], facts.pages.evictions),
    },
    Family {
        name: "lvs_page_cache_pages",
        kind: Gauge,
        labels: &[],
        help: "Pages held in memory.",
        read: |facts, samples| samples.number(&[], facts.pages.pages),
    },
    Family {
        name: "lvs_page_cache_bytes",
        kind: Gauge,
        labels: &[],
        help: "The room they take.",
        read: |facts, samples| samples.number(&[], facts.pages.size_bytes),
    },
    Family {
        name: "lvs_page_cache_limit_bytes",
        kind: Gauge,
        labels: &[],
        help: "The room they may take.",
        read: |_, samples| samples.number(&[], CAPACITY_BYTES),
    },
    Family {
        name: "lvs_streams",
        kind: Gauge,
        labels: &[],
        help: "Files that are being sent, paused players included.",
        read: |facts, samples| samples.number(&[], facts.open_streams as u64),
    },
    Family {
        name: "lvs_sent_bytes_total",
        kind: Counter,
        labels: &[],
        help: "Bytes of videos and images that were sent since the start.",
        read: |facts, samples| samples.number(&[], facts.sent_bytes),
    },
    Family {
        name: "lvs_event_streams",
        kind: Gauge,
        labels: &[],
        help: "Open pages and programs that are told of changes as they happen.",
        read: |facts, samples| samples.number(&[], facts.followers as u64),
    },
];
