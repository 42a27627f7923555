//! The address of a list, read strictly: what a page would pass over in silence is an error for a program.
//!
//! What the parameters mean is decided where the pages read them, in [`crate::pages::address`].

use crate::pages::address::{self, Address};
use crate::pages::place::Place;
use crate::pages::random;
use crate::web::error::WebError;
use crate::web::extract::AT;
use events::TagName;
use projections::Sort;
use std::borrow::Cow;
use std::collections::HashSet;

/// A list that was asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) place: Place,
    pub(super) address: Address,
}

impl Asked {
    /// What this `query` asks for.
    ///
    /// # Errors
    /// 400 that names the first parameter that makes no sense.
    pub(super) fn read(query: Option<&str>) -> Result<Self, WebError> {
        let query = query.unwrap_or_default();
        let mut said = HashSet::new();
        let mut place = None;
        let mut tags = 0;
        let mut search = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            check(&name, &value).map_err(|why| WebError::bad_parameter(name.clone().into_owned(), why))?;
            match &*name {
                "tag" => tags += 1,
                "list" => place = place_called(&value),
                "q" => search = !value.trim().is_empty(),
                _ => {}
            }
            if tags > address::TAGS_MAX {
                let why = format!("At most {} tags can be asked for at once.", address::TAGS_MAX);
                return Err(WebError::bad_parameter("tag", why));
            }
            if name != "tag" && !said.insert(name.clone()) {
                return Err(WebError::bad_parameter(name.into_owned(), "It is said more than once."));
            }
        }
        let place = place.unwrap_or(if search { Place::Search } else { Place::Home });
        let mut address = Address::read(Some(query), place.usual_sort());
        if address.sort == Sort::Random && address.seed.is_none() {
            address.seed = Some(random::seed());
        }
        Ok(Self { place, address })
    }
}

/// Why this parameter makes no sense, as a sentence.
fn check(name: &str, value: &str) -> Result<(), Cow<'static, str>> {
    let number = |lowest: u64, highest: u64| match value.parse::<u64>() {
        Ok(number) if (lowest..=highest).contains(&number) => Ok(()),
        Ok(_) | Err(_) if highest == u64::MAX => Err(format!("It is a whole number from {lowest}.").into()),
        Ok(_) | Err(_) => Err(format!("It is a whole number from {lowest} to {highest}.").into()),
    };
    match name {
        "q" if value.trim().chars().count() > address::SEARCH_CHARS_MAX => {
            Err(format!("A search has at most {} characters.", address::SEARCH_CHARS_MAX).into())
        }
        "q" => Ok(()),
        "tag" => TagName::new(value).map(drop).map_err(|why| format!("It is not a tag: {why}.").into()),
        "sort" => address::sort_called(value).map(drop).ok_or_else(|| {
            let names = address::SORTS.iter().filter_map(|(_, _, names)| names.first().copied());
            format!("The sorts are {}.", names.collect::<Vec<_>>().join(", ")).into()
        }),
        "order" => address::order_called(value).map(drop).ok_or(Cow::Borrowed("It is asc or desc.")),
        "list" => place_called(value).map(drop).ok_or(Cow::Borrowed("The lists are all, favorites, popular, best-of.")),
        "seed" => number(0, u64::MAX),
        "page" => number(1, u64::MAX),
        "per_page" => number(1, address::PER_PAGE_MAX as u64),
        // Read where everything else that has a moment reads it.
        AT => Ok(()),
        _ => Err("A list has no such parameter; it has q, tag, list, sort, order, seed, page, per_page, at.".into()),
    }
}

fn place_called(name: &str) -> Option<Place> {
    match name {
        "all" => Some(Place::Home),
        "favorites" => Some(Place::Favorites),
        "popular" => Some(Place::Popular),
        "best-of" => Some(Place::BestOf),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_named() {
        let many = format!("{}tag=x", (0..16).map(|number| format!("tag={number}&")).collect::<String>());
        let long = format!("q={}", "x".repeat(257));
        for (query, parameter) in [
            ("sort=zzz", "sort"),
            ("order=up", "order"),
            ("seed=abc", "seed"),
            ("seed=-1", "seed"),
            ("page=0", "page"),
            ("page=1e9", "page"),
            ("per_page=121", "per_page"),
            ("per_page=", "per_page"),
            ("tag=%23", "tag"),
            ("tag=a%0Ab", "tag"),
            ("list=best", "list"),
            ("colour=red", "colour"),
            ("page=1&page=2", "page"),
            (&many, "tag"),
            (&long, "q"),
        ] {
            let error = Asked::read(Some(query)).unwrap_err();
            assert_eq!((error.status().as_u16(), error.field()), (400, Some(parameter)), "{query}: {error:?}");
        }
    }

    #[test]
    fn what_makes_sense_means_what_it_means_on_pages() {
        let asked = Asked::read(Some("list=popular&tag=%23Sea&tag=a%2Fb&order=asc&page=3&per_page=7")).unwrap();
        assert_eq!((asked.place, asked.address.sort, asked.address.page), (Place::Popular, Sort::Views, 3));
        assert_eq!(asked.address.tags.iter().map(TagName::as_str).collect::<Vec<_>>(), ["Sea", "a/b"]);
        assert_eq!(Asked::read(Some("q=sea")).unwrap().place, Place::Search);
        assert_eq!(Asked::read(Some("q=+")).unwrap().place, Place::Home);
        assert_eq!(Asked::read(Some("sort=random&seed=7")).unwrap().address.seed, Some(7));
        assert!(Asked::read(Some("sort=random")).unwrap().address.seed.is_some());
    }
}
