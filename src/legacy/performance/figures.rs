//! Numbers of a window with the names they had, and what they mean. The old program's limits are the usual ones of `/admin`.

use crate::dashboard::Thresholds;
use crate::metrics::{Figures, RouteFigures};
use serde_json::{Value, json};

/// Addresses that give a rating: the old ones and their heirs.
const RATINGS: [&str; 4] = ["/api/ratings/{hash}", "/rate", "/videos/{id}/rating", "/api/v1/videos/{id}/rating"];

/// What there is to say of all requests, or of those of one address.
pub(super) fn figures(figures: &Figures) -> Value {
    json!({
        "request_count": figures.requests,
        "error_count": figures.errors,
        "error_rate": share(figures.errors, figures.requests),
        "p50_latency_ms": ms(figures.p50_us),
        "p95_latency_ms": ms(figures.p95_us),
        "p99_latency_ms": ms(figures.p99_us),
    })
}

/// What there is to say of one address.
fn route(route: &RouteFigures, thresholds: Thresholds) -> Value {
    let mut fields = figures(&route.figures);
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("path".to_owned(), (*route.route).into());
        fields.insert("method".to_owned(), route.method.into());
        fields.insert("name".to_owned(), format!("{} {}", route.method, route.route).into());
        fields.insert("status".to_owned(), status(&route.figures, thresholds).into());
    }
    fields
}

/// The same of many.
pub(super) fn routes<'a>(routes: impl IntoIterator<Item = &'a RouteFigures>, thresholds: Thresholds) -> Vec<Value> {
    routes.into_iter().map(|found| route(found, thresholds)).collect()
}

/// The busiest address that takes ratings; nothing if none were given.
pub(super) fn ratings(routes: &[RouteFigures], thresholds: Thresholds) -> Option<Value> {
    let rates = |route: &&RouteFigures| route.method != "GET" && RATINGS.contains(&&*route.route);
    routes.iter().filter(rates).max_by_key(|route| route.figures.requests).map(|found| route(found, thresholds))
}

/// How an address does.
fn status(figures: &Figures, thresholds: Thresholds) -> &'static str {
    let Figures { requests, errors, p95_us, .. } = *figures;
    let slower_than = |ms: u64| p95_us > ms.saturating_mul(1_000);
    let at_least = |percent: u64| requests > 0 && errors.saturating_mul(100) >= requests.saturating_mul(percent);
    if at_least(thresholds.poor_errors_percent) || slower_than(thresholds.poor_p95_ms) {
        "poor"
    } else if at_least(thresholds.warn_errors_percent) || slower_than(thresholds.warn_p95_ms) {
        "warning"
    } else if p95_us == 0 {
        "unknown"
    } else {
        "good"
    }
}

/// How all of it does, and what is wrong, in words. A `cache` is `good`, `warning` or `full`.
pub(super) fn overall(total: &Figures, cache: &str, thresholds: Thresholds) -> (&'static str, Vec<String>) {
    let Figures { requests, errors, p95_us, .. } = *total;
    let slower_than = |ms: u64| p95_us > ms.saturating_mul(1_000);
    let more_than = |percent: u64| errors.saturating_mul(100) > requests.saturating_mul(percent);
    let critical = slower_than(thresholds.poor_p95_ms) || more_than(thresholds.poor_errors_percent);
    let mut issues = Vec::new();
    if slower_than(thresholds.warn_p95_ms) {
        issues.push(format!("Global p95 latency is {:.0} ms", ms(p95_us)));
    }
    if more_than(thresholds.warn_errors_percent) {
        issues.push(format!("Global error rate is {:.1} %", 100.0 * share(errors, requests)));
    }
    if cache != "good" {
        issues.push(format!("The cache is {}", if cache == "full" { "full" } else { "nearly full" }));
    }
    let overall = match (critical, issues.is_empty()) {
        (true, _) => "critical",
        (false, false) => "warning",
        (false, true) => "good",
    };
    (overall, issues)
}

/// µs as ms with decimals.
#[expect(clippy::cast_precision_loss, reason = "longer than 285 years no answer takes")]
fn ms(us: u64) -> f64 {
    us as f64 / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than a float has")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn given(requests: u64, errors: u64, p95_ms: u64) -> Figures {
        Figures { requests, errors, p95_us: p95_ms * 1_000, ..Figures::default() }
    }

    #[test]
    fn an_address_is_judged_by_the_limits_of_the_contract() {
        for (requests, errors, p95_ms, expected) in [
            (0, 0, 0, "unknown"),
            (100, 1, 250, "good"),
            (100, 0, 251, "warning"),
            (100, 2, 10, "warning"),
            (100, 0, 500, "warning"),
            (100, 0, 501, "poor"),
            (100, 5, 10, "poor"),
            (100, 5, 0, "poor"),
        ] {
            assert_eq!(
                status(&given(requests, errors, p95_ms), Thresholds::default()),
                expected,
                "{requests} {errors} {p95_ms}"
            );
        }
    }

    #[test]
    fn all_together_is_judged_with_words() {
        let of =
            |requests, errors, p95_ms, cache| overall(&given(requests, errors, p95_ms), cache, Thresholds::default());
        assert_eq!(of(100, 2, 250, "good"), ("good", vec![]));
        assert_eq!(of(100, 3, 10, "good"), ("warning", vec!["Global error rate is 3.0 %".to_owned()]));
        assert_eq!(of(100, 0, 251, "full").0, "warning");
        assert_eq!(of(100, 0, 251, "full").1, ["Global p95 latency is 251 ms", "The cache is full"]);
        assert_eq!(of(0, 0, 0, "warning"), ("warning", vec!["The cache is nearly full".to_owned()]));
        assert_eq!((of(100, 6, 0, "good").0, of(100, 0, 501, "good").0), ("critical", "critical"));
    }

    #[test]
    fn ratings_are_those_of_the_busiest_address_that_takes_them() {
        let route = |method, route: &str, requests| RouteFigures {
            method,
            route: route.into(),
            figures: given(requests, 0, 1),
            points: Vec::new(),
        };
        let routes = [
            route("GET", "/api/ratings/{hash}", 9),
            route("POST", "/rate", 2),
            route("POST", "/videos/{id}/rating", 3),
            route("POST", "/videos/{id}/tags", 8),
        ];
        assert_eq!(
            ratings(&routes, Thresholds::default()).map(|found| found["path"].clone()),
            Some("/videos/{id}/rating".into())
        );
        assert_eq!(ratings(&routes[..1], Thresholds::default()), None);
    }
}
