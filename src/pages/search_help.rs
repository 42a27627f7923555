//! What a list says about its search: what was not understood, what was shown instead, and the language itself.

use super::address::Address;
use projections::{Corrected, Example, LANGUAGE, Search};
use serde::Serialize;

/// What is said above the videos of a search.
#[derive(Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct SearchHelp {
    /// The typed text cut where slips begin and end; empty without slips.
    parts: Vec<Part>,
    slips: Vec<SlipText>,
    instead: Option<Instead>,
    /// The whole language, on the page of the search itself.
    language: Vec<Row>,
    /// True if the language is what the page is for.
    open: bool,
}

/// A piece of the typed text.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Part {
    text: String,
    bad: bool,
}

/// What is wrong, and what to type.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct SlipText {
    message: String,
    hint: String,
}

/// Nothing matched, and something close did.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Instead {
    typed: String,
    used: String,
    href: String,
}

/// A line of the language.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Row {
    typed: &'static str,
    finds: &'static str,
    /// The list that it leads to.
    href: String,
}

impl SearchHelp {
    /// What is said about the search of `address`. The `path` is that of its list.
    pub(super) fn about(address: &Address, path: &str, corrected: Option<&Corrected>) -> Self {
        let search = address.search();
        let instead = corrected.map(|Corrected { typed, used, .. }| Instead {
            typed: typed.clone(),
            used: used.clone(),
            href: address.searching(used.clone()).url(path).into_owned(),
        });
        let slips = search.slips().iter();
        let slips = slips.map(|slip| SlipText { message: slip.message.clone(), hint: slip.hint.clone() }).collect();
        Self { parts: parts(&search), slips, instead, ..Self::default() }
    }

    /// The same with the language below it, unfolded if there is nothing else.
    pub(super) fn with_language(self, address: &Address, path: &str, open: bool) -> Self {
        let row = |Example { typed, finds }: &Example| {
            let href = address.searching((*typed).to_owned()).url(path).into_owned();
            Row { typed, finds, href }
        };
        Self { language: LANGUAGE.iter().map(row).collect(), open, ..self }
    }

    /// True if there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.slips.is_empty() && self.instead.is_none() && self.language.is_empty()
    }
}

/// The typed text with its bad parts told apart; nothing if there are none.
fn parts(search: &Search) -> Vec<Part> {
    let typed = search.typed();
    let (mut parts, mut from) = (Vec::new(), 0);
    let mut push = |range: std::ops::Range<usize>, bad| {
        let text = typed.get(range).unwrap_or_default().to_owned();
        parts.extend((!text.is_empty()).then_some(Part { text, bad }));
    };
    for slip in search.slips() {
        // One slip can be inside of another.
        let (start, end) = (slip.span.start.max(from), slip.span.end.max(from));
        push(from..start, false);
        push(start..end, true);
        from = end;
    }
    if from > 0 {
        push(from..typed.len(), false);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use projections::Sort;

    fn help(q: &str) -> SearchHelp {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
        SearchHelp::about(&Address::read(Some(&query), Sort::Relevance), "/search", None)
    }

    fn marked(q: &str) -> String {
        let mark = |part: &Part| if part.bad { format!("[{}]", part.text) } else { part.text.clone() };
        help(q).parts.iter().map(mark).collect()
    }

    #[test]
    fn the_bad_parts_of_the_text_are_marked() {
        assert_eq!(marked("sea rating:9 -is:green x"), "sea rating:[9] -is:[green] x");
        assert_eq!(marked("é (tag: \"a"), "é [(][tag:] [\"a]");
        assert_eq!(marked("(rating:\"9"), "[(]rating:[\"9]");
        assert_eq!(marked("sea rating:4"), "");
        assert!(help("sea").is_empty());
        assert_eq!(help("sea rating:9").slips.len(), 1);
    }

    #[test]
    fn every_line_of_the_language_leads_to_its_list() {
        let help = help("").with_language(&Address::usual(Sort::Relevance), "/search", true);
        assert_eq!(help.language.len(), LANGUAGE.len());
        assert!(help.language.iter().any(|row| row.href == "/search?q=rating%3A4"), "{:?}", help.language);
    }
}
