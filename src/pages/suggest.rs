//! `GET /suggest?q=`: videos and tags for somebody who is still typing into the search box.

use super::address::Address;
use super::parts::title;
use super::picture::Cover;
use super::place::Place;
use super::when::When;
use crate::web::error::WebError;
use crate::web::human::tag_url;
use axum::Json;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use projections::Sort;
use serde::Serialize;

/// How many videos are suggested, and how many tags.
const MOST: usize = 5;
/// Fewer characters fit nearly everything.
const LETTERS_MIN: usize = 2;

/// What was probably meant.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Suggestions {
    videos: Vec<FoundVideo>,
    tags: Vec<FoundTag>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct FoundVideo {
    id: u32,
    title: String,
    href: String,
    /// Its cover, to which a form is added; null without one.
    cover: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct FoundTag {
    name: String,
    videos: u64,
    href: String,
}

/// The videos that the text finds, as a search would, and the tags that its last word is part of.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn show(when: When, request: Request) -> Result<impl IntoResponse, WebError> {
    let address = Address::read(request.uri().query(), Sort::Relevance).seen_at(&when);
    let mut found = suggestions(when.state(), &address);
    let hrefs =
        found.videos.iter_mut().map(|video| &mut video.href).chain(found.tags.iter_mut().map(|tag| &mut tag.href));
    hrefs.for_each(|href| *href = when.then(std::mem::take(href)));
    Ok(([(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))], Json(found)))
}

fn suggestions(state: &projections::State, address: &Address) -> Suggestions {
    if address.q.chars().count() < LETTERS_MIN {
        return Suggestions::default();
    }
    let list = state.list(&Place::Search.query(&address.by(MOST)));
    let videos = list.ids.into_iter().filter_map(|id| state.videos().get(id));
    let videos = videos.map(|video| FoundVideo {
        id: video.id.get(),
        title: title(video),
        href: format!("/watch/{}{}", video.id, address.to_from("/search")),
        cover: Cover::of(state, video).map(|cover| cover.at),
    });
    let word = address.q.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(['-', '#']).trim_start_matches("tag:");
    let tags = if word.is_empty() { Vec::new() } else { state.tags().suggest(word, MOST) };
    let tag = |(name, videos): (&events::TagName, u64)| {
        let name = name.as_str().to_owned();
        FoundTag { href: tag_url(&name), name, videos }
    };
    Suggestions { videos: videos.collect(), tags: tags.into_iter().map(tag).collect() }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, tagged};
    use super::*;

    #[test]
    fn videos_and_tags_are_suggested_while_a_word_is_begun() {
        let mut events: Vec<_> = (1..=9).map(|number| found(number, &format!("amber_{number}.mp4"))).collect();
        events.extend([tagged(1, "Amber light"), tagged(2, "a/b"), tagged(3, "sea")]);
        let state = after(&events);
        let of = |query: &str| suggestions(&state, &Address::read(Some(query), Sort::Relevance));
        let amb = of("q=amb");
        assert_eq!(amb.videos.iter().map(|video| video.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!((amb.videos[0].title.as_str(), amb.tags[0].name.as_str()), ("amber 1", "Amber light"));
        assert_eq!((amb.tags[0].href.as_str(), amb.tags[0].videos), ("/tag/Amber%20light", 1));
        assert_eq!(amb.videos[0].href, "/watch/1?from=%2Fsearch%3Fq%3Damb");
        assert_eq!(of("q=zzz+-tag:se").tags[0].name, "sea");
        assert_eq!(of("q=a%2Fb").tags[0].href, "/tag/a%2Fb");
        for nothing in ["", "q=", "q=a", "q=+a+", "q=%22", "x=amb"] {
            assert_eq!(of(nothing), Suggestions::default(), "{nothing}");
        }
        assert!(of("q=amb+").tags.len() == 1 && of("q=amb+%20").videos.len() == 5, "a space at the end is none");
    }
}
