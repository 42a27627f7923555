//! What stands around the program where it runs: the numbers for Prometheus, and the files of `docs/operators/`, which must
//! speak of the program that there is. What other programs say of these files is asked by `tests/operators/check`.

use crate::documents::expect_part;
use crate::support::{TestApp, found};
use axum::http::StatusCode;
use local_video_server::scrape::{Kind, families};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operators").join(name)).expect("a file of ours")
}

#[test]
fn the_document_has_every_number() {
    let mut table = String::from("| name | kind | labels | what it says |\n|---|---|---|---|\n");
    for family in families() {
        let kind = format!("{:?}", family.kind).to_lowercase();
        let labels: Vec<String> = family.labels.iter().map(|label| format!("`{label}`")).collect();
        writeln!(table, "| `{}` | {kind} | {} | {} |", family.name, labels.join(", "), family.help).expect("text");
    }
    expect_part("docs/operators/METRICS.md", "metrics", &table);
}

/// A line of the text format: name, labels, value.
fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (name, value) = line.rsplit_once(' ').expect("a value");
    let value = value.parse().expect("a number");
    let Some((name, labels)) = name.split_once('{') else { return (name.to_owned(), BTreeMap::new(), value) };
    let labels = labels.strip_suffix("\"}").expect("labels end").split("\",");
    let label = |label: &str| {
        let (name, value) = label.split_once("=\"").expect("a label has a value");
        (name.to_owned(), value.to_owned())
    };
    (name.to_owned(), labels.map(label).collect(), value)
}

/// Everything in the text is one of ours, with the labels of the table; and everything of the table is in the text.
#[tokio::test]
async fn the_text_has_what_the_table_promises() {
    let gallery = TestApp::given([found(1, "Secret wedding.mp4"), found(2, "b.mp4")]);
    gallery.get("/").await;
    gallery.get("/watch/1").await;
    gallery.get("/watch/99?q=whatever").await;
    gallery.get("/no/such/page").await;
    let answer = gallery.get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.text();
    assert!(text.ends_with('\n') && !text.contains("Secret") && !text.contains("/videos"), "{text}");
    for family in families() {
        let kind = format!("{:?}", family.kind).to_lowercase();
        assert_eq!(text.matches(&format!("# TYPE {} {kind}\n", family.name)).count(), 1, "{}", family.name);
        assert_eq!(text.matches(&format!("# HELP {} ", family.name)).count(), 1, "{}", family.name);
    }
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, mut labels, value) = sample(line);
        let family = families().find(|family| {
            let suffixes: &[&str] = if family.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
            suffixes.iter().any(|suffix| name == format!("{}{suffix}", family.name))
        });
        assert!(family.is_some(), "{name} is not in the table");
        let family = family.expect("just looked at");
        assert_eq!(labels.remove("le").is_some(), name.ends_with("_bucket"), "{line}");
        let (mut given, mut promised): (Vec<_>, Vec<_>) = (labels.keys().collect(), family.labels.to_vec());
        given.sort();
        promised.sort_unstable();
        assert_eq!(given, promised, "{line}");
        assert!(value >= 0.0, "{line}");
        assert!(seen.insert(line.rsplit_once(' ').expect("a value").0.to_owned()), "{line} is there twice");
    }
    gallery.close();
}

#[tokio::test]
async fn the_numbers_are_those_of_the_gallery() {
    let gallery = TestApp::given([found(1, "a.mp4"), found(2, "b.mp4")]);
    for _ in 0..3 {
        gallery.get("/watch/1").await;
    }
    gallery.get("/watch/99").await;
    gallery.get("/no/such/page").await;
    let text = gallery.get("/metrics").await.text();
    for line in [
        "lvs_http_requests_total{method=\"GET\",route=\"/watch/{id}\",status=\"2xx\"} 3",
        "lvs_http_requests_total{method=\"GET\",route=\"/watch/{id}\",status=\"4xx\"} 1",
        "lvs_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
        "lvs_http_request_duration_seconds_bucket{method=\"GET\",route=\"/watch/{id}\",le=\"+Inf\"} 4",
        "lvs_http_request_duration_seconds_count{method=\"GET\",route=\"/watch/{id}\"} 4",
        "lvs_page_cache_lookups_total{result=\"hit\"} 2",
        "lvs_page_cache_lookups_total{result=\"miss\"} 1",
        "lvs_log_position 2",
        "lvs_log_writable 1",
        "lvs_log_last_event_timestamp_seconds 2",
        "lvs_videos{state=\"present\"} 2",
        "lvs_videos_bytes 3000000",
        "lvs_thumbnails{state=\"pending\"} 2",
        "lvs_streams 0",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line} is not in\n{text}");
    }
    gallery.close();
}

/// Ten thousand addresses are one label: what matches no route.
#[tokio::test]
async fn addresses_that_do_not_exist_are_one_label() {
    let gallery = TestApp::given([]);
    gallery.get("/metrics").await;
    let before = gallery.get("/metrics").await.text().lines().count();
    for number in 0..10_000 {
        gallery.get(&format!("/x{number}/y")).await;
    }
    let after = gallery.get("/metrics").await.text();
    assert!(after.contains("{method=\"GET\",route=\"none\",status=\"4xx\"} 10000\n"));
    // The new label has a line for each step, and its counts.
    assert!(after.lines().count() < before + 40, "{before} lines became {}", after.lines().count());
    gallery.close();
}

/// The names in an expression that look like ours.
fn names(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("lvs_") || word.starts_with("process_")).map(str::to_owned).collect()
}

/// Every name in the expression is in the table, histograms by their series; brackets and quotes close.
fn judge(expression: &str) {
    for name in names(expression) {
        let known = families().any(|family| match family.kind {
            Kind::Histogram => ["_bucket", "_sum", "_count"].iter().any(|end| name == format!("{}{end}", family.name)),
            Kind::Counter | Kind::Gauge => name == family.name,
        });
        assert!(known, "{name} is not in the table: {expression}");
    }
    let mut open = Vec::new();
    let mut quoted = false;
    for letter in expression.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => open.push(letter),
            ')' | ']' | '}' if !quoted => {
                let pair = (open.pop().unwrap_or(' '), letter);
                assert!([('(', ')'), ('[', ']'), ('{', '}')].contains(&pair), "{expression}");
            }
            _ => {}
        }
    }
    assert!(open.is_empty() && !quoted, "{expression}");
}

fn yaml(name: &str) -> Yaml {
    YamlLoader::load_from_str(&read(name)).expect("YAML").remove(0)
}

#[test]
fn alerts_are_about_numbers_that_exist() {
    let file = yaml("alerts.yml");
    let rules = file["groups"][0]["rules"].as_vec().expect("rules");
    let mut alerts = BTreeSet::new();
    for rule in rules {
        let name = rule["alert"].as_str().expect("a name");
        assert!(alerts.insert(name), "{name} is there twice");
        let expression = rule["expr"].as_str().expect("an expression");
        judge(expression);
        assert!(!names(expression).is_empty() || expression.starts_with("up{"), "{name} is about nothing of ours");
        assert!(["warning", "critical"].contains(&rule["labels"]["severity"].as_str().expect("a severity")), "{name}");
        for text in ["summary", "description"] {
            assert!(rule["annotations"][text].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {text}");
        }
    }
    for series in ["up{", "lvs_log_writable", "lvs_folder_state", "lvs_disk_free_bytes", "lvs_thumbnail", "5xx", "0.95"]
    {
        let about = rules.iter().any(|rule| rule["expr"].as_str().is_some_and(|text| text.contains(series)));
        assert!(about, "no alert about {series}");
    }
    for test in yaml("alerts.test.yml")["tests"].as_vec().expect("tests") {
        for expected in test["alert_rule_test"].as_vec().expect("expectations") {
            assert!(alerts.contains(expected["alertname"].as_str().expect("a name")), "{expected:?}");
        }
    }
}

#[test]
fn the_dashboard_is_about_numbers_that_exist() {
    let dashboard: Value = serde_json::from_str(&read("grafana.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_u64().expect("a number")), "{title} has the number of another panel");
        let place = |name: &str| panel["gridPos"][name].as_u64().expect("a place");
        assert!(place("x") + place("w") <= 24, "{title} is too wide");
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("targets");
        assert!(!targets.is_empty(), "{title} shows nothing");
        for target in targets {
            let expression = target["expr"].as_str().expect("an expression");
            judge(&expression.replace("$__rate_interval", "1m"));
            assert!(expression.contains("instance=\"$instance\""), "{title} mixes servers: {expression}");
            shown.extend(names(expression));
        }
    }
    assert!(shown.len() >= 20, "{shown:?}");
    judge(dashboard["annotations"]["list"][0]["expr"].as_str().expect("an expression"));
}

/// A stage is named before it is used, and what is copied into it is there and is let through by the list beside it.
#[test]
fn the_dockerfile_copies_what_there_is() {
    let text = read("Dockerfile").replace("\\\n", " ");
    let ignored = read("Dockerfile.dockerignore");
    let mut stages = BTreeSet::new();
    let mut instructions = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (instruction, rest) = line.split_once(' ').expect("an instruction has arguments");
        let words: Vec<&str> = rest.split_whitespace().collect();
        match instruction {
            "FROM" => stages.extend(words.get(2).copied()),
            "COPY" => match words[0].strip_prefix("--from=") {
                Some(stage) => assert!(stages.contains(stage), "{line}"),
                None => {
                    for source in &words[..words.len() - 1] {
                        assert!(
                            Path::new(env!("CARGO_MANIFEST_DIR")).join(source).try_exists().unwrap_or(false),
                            "{source} is not there"
                        );
                        assert!(ignored.lines().any(|line| line == format!("!{source}")), "{source} is left out");
                    }
                }
            },
            "WORKDIR" | "RUN" | "ARG" | "USER" | "ENV" | "VOLUME" | "EXPOSE" | "HEALTHCHECK" | "ENTRYPOINT" | "CMD" => {
            }
            other => unreachable!("{other} is no instruction"),
        }
        instructions.push((instruction, rest));
    }
    let last = |name: &str| instructions.iter().rev().find(|(known, _)| *known == name).map(|(_, rest)| *rest);
    assert!(last("USER").is_some_and(|user| user != "root"), "it runs as root");
    assert!(last("HEALTHCHECK").is_some_and(|check| check.contains("[\"local-video-server\", \"health\"]")));
    // Every package and every target of the manifest is copied, or Cargo does not read it.
    let manifest: toml::Table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .expect("the manifest")
        .parse()
        .expect("TOML");
    let copied: Vec<&str> = instructions.iter().filter(|(name, _)| *name == "COPY").map(|(_, rest)| *rest).collect();
    for member in manifest["workspace"]["members"].as_array().expect("members") {
        let member = member.as_str().expect("a path").split('/').next().expect("a folder");
        assert!(member == "." || copied.iter().any(|rest| rest.starts_with(member)), "{member} is not copied");
    }
    let version = manifest["workspace"]["package"]["rust-version"].as_str().expect("a version");
    assert!(text.contains(&format!("FROM rust:{version}-")), "another Rust than {version}");
}

/// The settings that the files name are settings.
#[test]
fn the_files_name_settings_that_exist() {
    use clap::CommandFactory as _;
    let cli = local_video_server::config::Cli::command();
    let serve = cli.find_subcommand("serve").expect("serve is a command");
    let known: BTreeSet<String> = serve.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for name in ["Dockerfile", "local-video-server.service", "README.md"] {
        let text = read(name);
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        for word in words.filter_map(|word| word.strip_prefix("LVS_")) {
            assert!(word == "CONFIG" || known.contains(&word.to_lowercase()), "{name}: LVS_{word} is no setting");
        }
    }
    let example =
        read("local-video-server.toml").replace("\n#admin_token", "\nadmin_token").replace("\n#host", "\nhost");
    let example: toml::Table = example.parse().expect("TOML");
    assert!(example.contains_key("admin_token") && example.contains_key("host_name"), "{example:?}");
    for key in example.keys() {
        assert!(known.contains(key), "{key} is no setting");
    }
}
