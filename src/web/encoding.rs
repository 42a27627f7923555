//! Which encodings of an answer there are, and which of them a client would rather have: RFC 9110, section 12.5.3.
//!
//! What is not well formed counts as not said. How bytes are compressed is in [`super::packed`].

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// A form in which bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Zstd,
    Brotli,
    Gzip,
    /// As they are.
    Identity,
}

impl Encoding {
    /// What it is called in a header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }
}

/// How much a client wants something, in thousandths; 0 is not at all.
type Weight = u16;

/// What counts for bytes as they are when nothing is said of them: they always do, and anything is better.
const LAST: Weight = 1;

/// What a client has said about encodings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    zstd: Option<Weight>,
    brotli: Option<Weight>,
    gzip: Option<Weight>,
    identity: Option<Weight>,
    /// `*`: all that are not named.
    others: Option<Weight>,
}

impl Accepted {
    /// What the client that sent these `headers` takes.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        for entry in
            headers.get_all(ACCEPT_ENCODING).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','))
        {
            accepted.note(entry);
        }
        accepted
    }

    fn note(&mut self, entry: &[u8]) {
        let mut parts = entry.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let said = match name {
            b"*" => &mut self.others,
            name if name.eq_ignore_ascii_case(b"zstd") => &mut self.zstd,
            name if name.eq_ignore_ascii_case(b"br") => &mut self.brotli,
            name if name.eq_ignore_ascii_case(b"gzip") => &mut self.gzip,
            name if name.eq_ignore_ascii_case(b"identity") => &mut self.identity,
            _ => return,
        };
        let weight = parts.next().map_or(Some(1000), weight);
        if weight.is_some() {
            *said = weight;
        }
    }

    /// How much this encoding is wanted.
    fn weight(&self, encoding: Encoding) -> Weight {
        let (said, unsaid) = match encoding {
            Encoding::Zstd => (self.zstd, 0),
            Encoding::Brotli => (self.brotli, 0),
            Encoding::Gzip => (self.gzip, 0),
            Encoding::Identity => (self.identity, LAST),
        };
        said.or(self.others).unwrap_or(unsaid)
    }

    /// Whether the client takes this encoding.
    pub(super) fn takes(&self, encoding: Encoding) -> bool {
        self.weight(encoding) > 0
    }

    /// The one of `offered` that the client wants most, the first of those it wants alike; nothing if it takes none.
    pub(super) fn best(&self, offered: &[Encoding]) -> Option<Encoding> {
        let wanted = offered.iter().copied().filter(|encoding| self.takes(*encoding));
        wanted.reduce(|best, next| if self.weight(next) > self.weight(best) { next } else { best })
    }
}

/// The weight that `q=0.5` says, with three decimals at most.
fn weight(parameter: &[u8]) -> Option<Weight> {
    let text = std::str::from_utf8(parameter).ok()?;
    let number = text.strip_prefix(['q', 'Q'])?.strip_prefix('=')?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let thousandths = match decimals.len() {
        0..=3 if decimals.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{decimals:0<3}").parse::<Weight>().ok()?
        }
        _ => return None,
    };
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Brotli, Gzip, Identity, Zstd};
    use super::*;
    use axum::http::HeaderValue;

    fn accepted(lines: &[&'static str]) -> Accepted {
        let lines = lines.iter().map(|line| (ACCEPT_ENCODING, HeaderValue::from_static(line)));
        Accepted::read(&lines.collect())
    }

    #[test]
    fn the_client_says_which_encodings_it_takes() {
        let all = [Zstd, Brotli, Gzip, Identity];
        for (line, best) in [
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip, deflate, br", Some(Brotli)),
            ("gzip, deflate", Some(Gzip)),
            ("GZIP", Some(Gzip)),
            ("gzip;q=1.0, zstd;q=0.5", Some(Gzip)),
            ("zstd;q=0.8, br;q=0.8, gzip;q=0.8", Some(Zstd)),
            ("br;q=0, gzip; q=1", Some(Gzip)),
            ("br ; Q=0.001", Some(Brotli)),
            ("zstd;q=0.0, br;q=0.000", Some(Identity)),
            ("*", Some(Zstd)),
            ("zstd;q=0, *;q=0.1", Some(Brotli)),
            ("identity, gzip;q=0.5", Some(Identity)),
            ("gzip, identity;q=0", Some(Gzip)),
            ("gzip, *;q=0", Some(Gzip)),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("identity;q=0, *", Some(Zstd)),
            ("identity;q=0.5, *;q=0", Some(Identity)),
            ("brotli, x-gzip, deflate", Some(Identity)),
            ("", Some(Identity)),
            (",;,q=1,;q=0", Some(Identity)),
        ] {
            assert_eq!(accepted(&[line]).best(&all), best, "{line}");
        }
        assert_eq!(accepted(&[]).best(&all), Some(Identity));
        assert_eq!(accepted(&["deflate", "gzip"]).best(&all), Some(Gzip), "a list may have several lines");
        assert_eq!(accepted(&["zstd, br"]).best(&[Brotli, Zstd]), Some(Brotli), "the order is that of the offer");
    }

    #[test]
    fn a_weight_that_makes_no_sense_is_not_said() {
        for odd in
            ["gzip;q=2", "gzip;q=1.5", "gzip;q=-1", "gzip;q=0.1234", "gzip;q=.5", "gzip;q=", "gzip;x=1", "gzip;q=0.+1"]
        {
            assert!(!accepted(&[odd]).takes(Gzip), "{odd}");
        }
        assert!(accepted(&["gzip;q=1.000"]).takes(Gzip));
    }
}
