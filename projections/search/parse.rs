//! From the typed text to what is wanted.
//!
//! ```text
//! any  = all { "or" all }
//! all  = { item }
//! item = [ "-" ] ( "(" any ")" | '"' text '"' | name ":" value | word )
//! ```
//! One pass from left to right; every text has a meaning. Not a place that knows what qualifiers ask.

use std::ops::Range;

use crate::text::fold;

use super::qualifiers::{self, Value};
use super::{Expr, Now, Search, Slip, Word};

/// Brackets inside brackets, at most.
const MAX_DEPTH: usize = 6;
/// Slips worth telling about.
const MAX_SLIPS: usize = 8;
/// Also the quotes that telephones make of straight ones.
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// Reads the whole text.
pub(super) fn parse(typed: &str, now: Now) -> Search {
    let limit = typed.char_indices().nth(Search::MAX_CHARS).map(|(at, _)| at);
    let text = limit.and_then(|limit| typed.get(..limit)).unwrap_or(typed);
    let mut parser = Parser { text, now, at: 0, terms: 0, slips: Vec::new(), named: Vec::new(), timed: false };
    let (wanted, alternatives) = parser.any(0);
    if limit.is_some() {
        let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
        let message = format!("Only the first {} characters are read.", Search::MAX_CHARS);
        parser.slip(last..text.len(), &message, "A few words find more than many.");
    }
    let Parser { mut slips, named, timed, .. } = parser;
    slips.sort_by_key(|slip| slip.span.start);
    // Where one of several is enough, none of them can be taken away alone.
    let qualifiers = if alternatives { Vec::new() } else { named };
    Search { typed: text.into(), now, wanted, slips, qualifiers, alternatives, depends_on_time: timed }
}

struct Parser<'a> {
    text: &'a str,
    now: Now,
    at: usize,
    terms: usize,
    slips: Vec<Slip>,
    /// The qualifiers outside of brackets.
    named: Vec<Range<usize>>,
    timed: bool,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn part(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Steps over `sign` if it comes next.
    fn take(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    fn slip(&mut self, span: Range<usize>, message: &str, hint: &str) {
        if self.slips.len() < MAX_SLIPS && !span.is_empty() {
            self.slips.push(Slip { span, message: message.to_owned(), hint: hint.to_owned() });
        }
    }

    /// What is wanted up to the end, or up to the bracket that closes this depth; and whether `or` was in it.
    fn any(&mut self, depth: usize) -> (Option<Expr>, bool) {
        let (mut options, mut current, mut read) = (Vec::new(), Vec::new(), false);
        let (mut alternatives, mut dangling) = (false, None);
        loop {
            self.skip_spaces();
            if self.rest().is_empty() || depth > 0 && self.rest().starts_with(')') {
                break;
            }
            match self.or() {
                Some(or) if read => {
                    options.extend(all(std::mem::take(&mut current)));
                    (read, alternatives, dangling) = (false, true, Some(or));
                }
                Some(or) => {
                    self.slip(or, "Nothing stands before this “or”.", "To look for the word, put it in quotes.")
                }
                None => {
                    current.extend(self.item(depth));
                    (read, dangling) = (true, None);
                }
            }
        }
        if let Some(or) = dangling {
            self.slip(or, "Nothing stands behind this “or”.", "To look for the word, put it in quotes.");
        }
        options.extend(all(current));
        let wanted = if options.len() > 1 { Some(Expr::Any(options)) } else { options.pop() };
        (wanted, alternatives)
    }

    /// Steps over the word `or`.
    fn or(&mut self) -> Option<Range<usize>> {
        let word = self.rest().get(..2).filter(|word| word.eq_ignore_ascii_case("or"))?;
        let next = self.rest().chars().nth(2);
        let ends = next.is_none_or(|next| next.is_whitespace() || next == ')');
        ends.then(|| {
            let start = self.at;
            self.at += word.len();
            start..self.at
        })
    }

    fn item(&mut self, depth: usize) -> Option<Expr> {
        if self.terms >= Search::MAX_TERMS {
            let message = format!("Only the first {} words are looked for.", Search::MAX_TERMS);
            self.slip(self.at..self.text.len(), &message, "Leave out words that most videos have.");
            self.at = self.text.len();
            return None;
        }
        let start = self.at;
        let after = self.rest().strip_prefix('-').and_then(|after| after.chars().next());
        let negated = after.is_some_and(|next| !next.is_whitespace() && (depth == 0 || next != ')')) && self.take('-');
        let wanted = if self.rest().starts_with('(') {
            self.group(depth)?
        } else {
            self.terms += 1;
            match self.rest().chars().next().filter(|sign| QUOTES.contains(sign)) {
                Some(quote) => self.phrase(quote)?,
                None => self.token(start, depth)?,
            }
        };
        Some(if negated { Expr::Not(Box::new(wanted)) } else { wanted })
    }

    fn group(&mut self, depth: usize) -> Option<Expr> {
        let open = self.at..self.at + 1;
        self.at += 1;
        if depth >= MAX_DEPTH {
            self.slip(open, "So many brackets inside brackets are not looked at.", "Leave some of them out.");
            return None;
        }
        let (wanted, _) = self.any(depth + 1);
        if !self.take(')') {
            self.slip(open, "This bracket is not closed.", "It reaches to the end.");
        } else if wanted.is_none() && self.slips.is_empty() {
            self.slip(open.start..self.at, "Nothing is between these brackets.", "They are left out.");
        }
        wanted
    }

    /// A phrase from its quote on. One that is not closed reaches to the end.
    fn phrase(&mut self, quote: char) -> Option<Expr> {
        let open = self.at;
        let inner = self.quoted(quote, open);
        self.word(inner)
    }

    /// Steps over a quoted text and gives where it is, without the quotes.
    fn quoted(&mut self, quote: char, begin: usize) -> Range<usize> {
        self.take(quote);
        let from = self.at;
        match self.rest().find(QUOTES) {
            Some(length) => {
                let inner = from..from + length;
                self.at = inner.end;
                QUOTES.into_iter().any(|quote| self.take(quote));
                inner
            }
            None => {
                self.at = self.text.len();
                self.slip(begin..self.at, "This quote is not closed.", "It reaches to the end.");
                from..self.at
            }
        }
    }

    fn word(&self, span: Range<usize>) -> Option<Expr> {
        let text = fold(self.part(span.clone()).trim());
        (!text.is_empty()).then_some(Expr::Word(Word { text, span }))
    }

    /// A word, or a qualifier with its value. `start` is where its minus is, if it has one.
    fn token(&mut self, start: usize, depth: usize) -> Option<Expr> {
        let from = self.at;
        let name = self.rest().split_once(':').map(|(name, _)| name).filter(|name| qualifiers::known(name));
        let Some(name) = name else {
            self.step_over_word(depth);
            let span = from..self.at;
            self.wonder(span.clone());
            return self.word(span);
        };
        self.at += name.len() + 1;
        let quote = self.rest().chars().next().filter(|sign| QUOTES.contains(sign));
        let span = match quote {
            Some(quote) => self.quoted(quote, self.at),
            None => {
                let from = self.at;
                self.step_over_word(depth);
                from..self.at
            }
        };
        let value = Value { text: self.part(span.clone()).trim(), span };
        match qualifiers::read(name, &value, from..self.at, self.now)? {
            Ok(asked) => {
                if depth == 0 {
                    self.named.push(start..self.at);
                }
                self.timed |= asked.depends_on_time;
                Some(asked.wanted)
            }
            Err(slip) => {
                self.slip(slip.span, &slip.message, &slip.hint);
                None
            }
        }
    }

    /// Moves to the next space, or to the bracket that closes this depth. Brackets inside a word belong to it.
    fn step_over_word(&mut self, depth: usize) {
        let mut open = 0usize;
        let ends = |(_, letter): &(usize, char)| {
            open += usize::from(*letter == '(');
            let closes = *letter == ')' && depth > 0 && open == 0;
            open = open.saturating_sub(usize::from(*letter == ')'));
            letter.is_whitespace() || closes
        };
        let length = self.rest().char_indices().find(ends).map_or(self.rest().len(), |(at, _)| at);
        self.at += length;
    }

    /// Says so when a word looks like a qualifier that there is not.
    fn wonder(&mut self, span: Range<usize>) {
        let Some((name, _)) = self.part(span.clone()).split_once(':') else { return };
        if let Some(meant) = qualifiers::meant(name) {
            let message = format!("“{name}:” is nothing to ask for, so it is looked for as a word.");
            self.slip(span.start..span.start + name.len() + 1, &message, &format!("Did you mean {meant}?"));
        }
    }
}

/// All of these, in the order in which they are best looked at.
fn all(mut items: Vec<Expr>) -> Option<Expr> {
    items.sort_by_key(Expr::effort);
    if items.len() > 1 { Some(Expr::All(items)) } else { items.pop() }
}

impl Expr {
    /// The cheap ones first, and those that leave out most.
    fn effort(&self) -> u8 {
        match self {
            Self::Test(_) => 0,
            Self::Word(_) => 1,
            Self::All(_) | Self::Any(_) => 2,
            Self::Not(part) if matches!(**part, Self::Test(_)) => 0,
            Self::Not(_) => 3,
        }
    }
}
