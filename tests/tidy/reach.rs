//! Who may touch the outside world: each dependency and each corner of the standard library that
//! matters has one place, so that it is also one place to change.

use super::{Source, check, has_word};

/// `word` may stand only in files whose path begins with one of `places`.
struct Only {
    word: &'static str,
    places: &'static [&'static str],
}

const ONLY: &[Only] = &[
    Only { word: "fjall::", places: &["events/log/fjall"] },
    Only { word: "bincode::", places: &["events/wire"] },
    Only { word: "arc_swap::", places: &["projections/live.rs"] },
    Only { word: "futures_util::", places: &["src/web/pieces.rs"] },
    Only { word: "imbl::", places: &["projections/"] },
    Only { word: "roaring::", places: &["projections/"] },
    Only { word: "indicatif::", places: &["tools/progress.rs"] },
    Only { word: "rusqlite::", places: &["tools/", "src/metrics/store.rs"] },
    Only { word: "histogram::", places: &["src/metrics/sketch.rs"] },
    Only { word: "use ::metrics::", places: &["src/metrics/facade.rs"] },
    Only { word: "jwalk::", places: &["src/jobs/"] },
    Only { word: "notify::", places: &["src/jobs/"] },
    Only { word: "notify_debouncer_full::", places: &["src/jobs/"] },
    Only { word: "csv::", places: &["src/history/export.rs"] },
    Only { word: "minijinja::", places: &["src/web/templates"] },
    Only { word: "plotters::", places: &["src/pages/chart"] },
    Only { word: "plotters_backend::", places: &["src/pages/chart"] },
    Only { word: "chardetng::", places: &["src/media/captions/encoding.rs"] },
    Only { word: "encoding_rs::", places: &["src/media/captions/encoding.rs"] },
    Only { word: "quick_cache::", places: &["src/web/page_cache.rs"] },
    Only { word: "rust_embed::", places: &["src/web/"] },
    Only { word: "tracing_subscriber::", places: &["src/telemetry"] },
    Only { word: "tracing_opentelemetry::", places: &["src/telemetry/otlp.rs"] },
    Only { word: "opentelemetry::", places: &["src/telemetry/otlp.rs"] },
    Only { word: "opentelemetry_http::", places: &["src/telemetry/otlp.rs"] },
    Only { word: "opentelemetry_otlp::", places: &["src/telemetry/otlp.rs"] },
    Only { word: "opentelemetry_sdk::", places: &["src/telemetry/otlp.rs"] },
    Only { word: "utoipa::", places: &["src/api/", "src/actions/", "src/dashboard/", "src/web/time.rs"] },
    Only { word: "utoipa_axum::", places: &["src/api/"] },
    Only {
        word: "process::Command",
        places: &[
            "tests/",
            "events/log/child.rs",
            "src/decoder/",
            "src/av/examples/",
            "tools/verify/",
            "tools/repair/",
        ],
    },
    Only { word: "av::", places: &["src/av/", "src/decoder/", "src/media/", "src/pages/parts.rs"] },
];

/// In files below `folder`, none of `words` may stand: `reason`.
struct Never {
    folder: &'static str,
    words: &'static [&'static str],
    reason: &'static str,
}

const NEVER: &[Never] = &[
    Never {
        folder: "projections/",
        words: &["std::fs", "std::net", "SystemTime", "Instant", "env::var", "RandomState"],
        reason: "what we know depends on the events alone, not on clock, disk or chance",
    },
    Never {
        folder: "src/decide/",
        words: &["axum", "tokio", "std::fs", "SystemTime", "Instant", "events::log", "async fn"],
        reason: "rules are pure and synchronous; facts arrive in the command",
    },
    Never {
        folder: "src/pages/",
        words: &["crate::writer", "crate::decide", "crate::admin", "events::log", "std::fs", "tokio::fs", "Publisher"],
        reason: "a page is a function of (snapshot, URL)",
    },
    Never {
        folder: "src/media/",
        words: &["crate::writer", "crate::decide", "events::log", "Publisher"],
        reason: "media reads",
    },
    Never {
        folder: "src/actions/",
        words: &["events::log", "Publisher", "minijinja", "std::fs"],
        reason: "an action turns a request into a command and a receipt into an answer",
    },
    Never {
        folder: "src/history/",
        words: &["Writer", "Publisher", "minijinja", "std::fs"],
        reason: "the history shows what is in the log; what changes it is an action",
    },
    Never {
        folder: "src/dashboard/",
        words: &["crate::actions", "events::log", "Publisher", "minijinja", "std::fs", "tokio::fs"],
        reason: "a card shows what its owner says; it measures nothing and changes nothing",
    },
    Never { folder: "src/jobs/", words: &["axum", "events::log", "Publisher"], reason: "a job sends commands" },
    Never {
        folder: "src/moments/",
        words: &["axum", "minijinja", "std::fs"],
        reason: "a moment is a place in the log",
    },
    Never { folder: "src/admin", words: &["axum", "minijinja"], reason: "what a job does does not depend on who asks" },
    Never { folder: "src/writer", words: &["axum", "minijinja"], reason: "the writer does not know who asks" },
    Never { folder: "src/router.rs", words: &["events::Event", "State::"], reason: "the router maps URLs" },
    Never {
        folder: "src/metrics/",
        words: &["crate::", "projections", "events::", "minijinja"],
        reason: "what is counted here, others do; what they know is asked of them",
    },
    Never { folder: "src/web/", words: &["events::log", "projections::State"], reason: "the edge knows no facts" },
    Never { folder: "tools/", words: &["axum", "tokio"], reason: "tools run without the server" },
];

fn stays_in_its_place(source: &Source) -> Vec<String> {
    // Tests, measurements and build scripts are not the program: they may look at a clock and at files.
    let spared = ["tests/", "projections/benches/", "projections/build.rs"];
    let judged = source.is("rs") && !spared.iter().any(|place| source.is_below(place));
    let mut complaints = Vec::new();
    for (number, line) in source.code().filter(|_| judged) {
        // These name our module, not the crate.
        let line = &line.replace("log::fjall::", "").replace("self::fjall::", "").replace("super::fjall::", "");
        for rule in ONLY.iter().filter(|rule| has_word(line, rule.word)) {
            if !rule.places.iter().any(|place| source.is_below(place)) {
                complaints.push(source.at(number, &format!("`{}` belongs in {:?}", rule.word, rule.places)));
            }
        }
        for rule in NEVER.iter().filter(|rule| source.is_below(rule.folder)) {
            for word in rule.words.iter().filter(|word| has_word(line, word)) {
                complaints.push(source.at(number, &format!("no `{word}` here: {}", rule.reason)));
            }
        }
    }
    complaints
}

#[test]
fn the_outside_world_is_touched_in_one_place_each() {
    check(stays_in_its_place);
    let complains = |path: &str, text: &str| !stays_in_its_place(&Source::new(path, text)).is_empty();
    assert!(complains("src/app.rs", "use fjall::Keyspace;"));
    assert!(complains("events/log/mod.rs", "use ::fjall::Keyspace;"));
    assert!(complains("events/record.rs", "    bincode::encode(x)"));
    assert!(complains("src/decide/rating.rs", "let now = SystemTime::now();"));
    assert!(complains("src/pages/home.rs", "use crate::writer::Writer;"));
    assert!(!complains("src/app.rs", "use events::log::fjall::FjallLog;"));
    assert!(!complains("events/log/fjall.rs", "use fjall::Keyspace;"));
    assert!(!complains("projections/benches/state.rs", "let start = Instant::now();"));
    assert!(!complains("src/app.rs", "// fjall::Keyspace is elsewhere"));
}
