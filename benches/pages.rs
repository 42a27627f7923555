//! What the store of finished pages is worth: `cargo bench --bench pages -- [VIDEOS] [READS]`, 333 and 10,000 unless said.
//! First what a page costs that has changed, by its parts and in each encoding; then how often a finished page is at hand
//! when a household browses and one request in fifty changes something. Everything goes through the whole router.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and fails by panicking")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use local_video_server::app::App;
use local_video_server::config::{Command, parse};
use local_video_server::router::{self, Parts};
use local_video_server::web::edge::Edge;
use local_video_server::web::origin::HostNames;
use local_video_server::web::page_cache::Counts;
use local_video_server::web::phases::Phases;
use std::path::Path;
use std::time::Duration;
use tools::seed;
use tower::ServiceExt as _;

/// How often something is changed and asked for anew.
const ROUNDS: u32 = 200;

struct Gallery {
    parts: Parts,
    service: Edge<Router>,
    chance: u64,
}

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let videos = numbers.first().copied().unwrap_or(333);
    let reads = numbers.get(1).copied().unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = seed::Args { videos, events: 5_000, seed: 1, files: None, json: false };
    seed::run(&args, folder.path(), &mut std::io::sink()).expect("a made-up library");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let app = open(folder.path());
        let service = router::gallery(app.parts.clone(), HostNames::default());
        let mut gallery = Gallery { parts: app.parts.clone(), service, chance: 0x9e37_79b9_7f4a_7c15 };
        for address in ["/", "/watch/7?from=%2Ftag%2Fsummer"] {
            for encoding in ["identity", "zstd", "br", "gzip"] {
                gallery.cost(address, encoding, videos).await;
            }
        }
        gallery.browse(videos, reads).await;
        drop(gallery);
        app.close();
    });
}

fn open(data: &Path) -> App {
    let arguments = ["local-video-server", "serve", "--data"].map(Into::into).into_iter().chain([data.into()]);
    let Command::Serve(settings) = parse(arguments, std::iter::empty()).expect("valid settings").command else {
        unreachable!("`serve` was asked for");
    };
    App::open(&settings).expect("the gallery opens")
}

impl Gallery {
    fn below(&mut self, limit: u32) -> u32 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        u32::try_from(self.chance % u64::from(limit)).unwrap_or_default()
    }

    /// A number below `limit` for which small ones are more likely: what is new, or liked, is looked at more often.
    fn near(&mut self, limit: u32) -> u32 {
        self.below(limit).min(self.below(limit)).min(self.below(limit))
    }

    /// The phases of an answer, and how long its body is.
    async fn get(&self, address: &str, encoding: &str) -> (Option<Phases>, usize) {
        let request = Request::builder().uri(address).header(header::HOST, "localhost");
        let request = request.header(header::ACCEPT, "text/html").header(header::ACCEPT_ENCODING, encoding);
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.service.clone().oneshot(request).await.expect("the edge never fails");
        assert!(answer.status().is_success(), "{address}: {}", answer.status());
        let phases = answer.extensions().get::<Phases>().copied();
        (phases, to_bytes(answer.into_body(), usize::MAX).await.expect("a body").len())
    }

    /// Sends a form, and waits until everybody can see what it changed.
    async fn post(&self, address: &str, form: String) {
        let pos = self.parts.live.snapshot().pos();
        let request = Request::builder().method(Method::POST).uri(address).header(header::HOST, "localhost");
        let request = request.header(header::ORIGIN, "http://localhost").header(header::ACCEPT, "text/html");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).expect("a request");
        let answer = self.service.clone().oneshot(request).await.expect("the edge never fails");
        assert!(answer.status().is_redirection() || answer.status().is_success(), "{address}: {}", answer.status());
        for _ in 0..5 {
            if self.parts.live.snapshot().pos() == pos {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    /// What the page at `address` costs when it has changed.
    async fn cost(&self, address: &str, encoding: &str, videos: u32) {
        let mut parts: [Vec<u64>; 3] = Default::default();
        let mut size = 0;
        for round in 0..ROUNDS {
            for video in [videos, 7] {
                self.post(&format!("/videos/{video}/rating"), format!("stars={}", 1 + round % 5)).await;
            }
            let (phases, bytes) = self.get(address, encoding).await;
            let Phases { snapshot_us, render_us, pack_us, .. } = phases.expect("it has changed");
            parts.iter_mut().zip([snapshot_us, render_us, pack_us]).for_each(|(all, one)| all.push(one));
            size = bytes;
        }
        let [snapshot, render, pack] = parts.map(|mut all| {
            all.sort_unstable();
            all.get(all.len() / 2).copied().unwrap_or_default()
        });
        println!("{address} {encoding}: {size} bytes; snapshot {snapshot} µs, render {render} µs, pack {pack} µs");
    }

    /// A household browses.
    async fn browse(&mut self, videos: u32, reads: u32) {
        let before = self.parts.pages.counts();
        let mut watched = 1;
        for read in 1..=reads {
            let address = match self.below(100) {
                0..30 => "/".to_owned(),
                30..38 => format!("/?page={}", 2 + self.near(videos.div_ceil(60).max(2) - 1)),
                38..42 => format!("/?sort={}", if self.below(2) == 0 { "title" } else { "rating" }),
                42..54 => {
                    let state = self.parts.live.snapshot();
                    let tags: Vec<_> =
                        state.tags().popular(20).into_iter().map(|(tag, _)| tag.as_str().to_owned()).collect();
                    let tag = self.near(u32::try_from(tags.len()).unwrap_or(1));
                    format!("/tag/{}", tags.get(tag as usize).expect("a tag").replace(' ', "%20"))
                }
                54..84 => {
                    watched = videos - self.near(videos);
                    format!("/watch/{watched}")
                }
                84..89 => "/favorites".to_owned(),
                89..92 => "/popular".to_owned(),
                92..94 => "/best-of".to_owned(),
                94..97 => format!("/search?q={}", if self.below(2) == 0 { "river" } else { "amber" }),
                _ => "/tags".to_owned(),
            };
            self.get(&address, "gzip, deflate").await;
            if read % 50 == 0 {
                let (what, form) = match self.below(10) {
                    0..6 => ("view", String::new()),
                    6..9 => ("rating", format!("stars={}", 1 + self.below(5))),
                    _ => ("favorite", format!("favorite={}", self.below(2) == 0)),
                };
                self.post(&format!("/videos/{watched}/{what}"), form).await;
            }
            if read == reads / 10 || read == reads {
                self.report(read, before);
            }
        }
    }

    fn report(&self, reads: u32, before: Counts) {
        let Counts { hits, proven, misses, waits, pages, size_bytes, evictions, .. } = self.parts.pages.counts();
        let (hits, proven) = (hits - before.hits, proven - before.proven);
        let (misses, waits) = (misses - before.misses, waits - before.waits);
        let percent = |part: u64| 100.0 * f64::from(u32::try_from(part).unwrap_or(u32::MAX)) / f64::from(reads);
        println!(
            "{reads} reads, {} changes: {:.1} % at hand ({:.1} % at once, {:.1} % after a look at what they show), {:.1} % drawn, {waits} waited; \
             {pages} pages, {size_bytes} bytes, {evictions} evicted",
            reads / 50,
            percent(hits + proven + waits),
            percent(hits),
            percent(proven),
            percent(misses),
        );
    }
}
