//! A JSON document read entry by entry, so that one bad entry, a duplicate key or a file cut off in the
//! middle costs no more than it must. What the entries mean is decided elsewhere.

use super::text;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// At most this many entries are read from one file.
const MAX_ENTRIES: usize = 1_000_000;

/// One entry of an object.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key's bytes; not always UTF-8, see [`text::unescape_surrogates`].
    pub(super) key: Vec<u8>,
    /// The value, not yet looked at.
    pub(super) value: Box<RawValue>,
}

/// What the outermost value of a document is.
#[derive(Debug, Default)]
pub(super) enum Shape {
    /// `{…}` with the entries in order, duplicates included.
    Object(Vec<Entry>),
    /// `[…]`.
    List(Vec<Box<RawValue>>),
    /// A number, a text, or nothing at all.
    #[default]
    Other,
}

/// A document as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The complete entries.
    pub(super) shape: Shape,
    /// Where and why reading ended early, if it did.
    pub(super) broken: Option<Broken>,
}

/// The place where a document stops making sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// "line 3 column 7"; lines and columns count from 1.
    pub(super) place: String,
    /// What was wrong there.
    pub(super) reason: String,
    /// The key of the entry that was being read or had just been read: it may be cut off, so it is not used.
    pub(super) last_key: Option<Vec<u8>>,
}

/// Reads the document in `text`.
pub(super) fn read(text: &str) -> Document {
    let mut reader = Reader::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let outcome = (&mut reader).deserialize(&mut deserializer);
    let failure = match outcome {
        Ok(()) => {
            reader.settle();
            deserializer.end().err()
        }
        Err(error) => {
            reader.settle_if_closed();
            Some(error)
        }
    };
    let broken = failure.map(|error| Broken {
        place: format!("line {} column {}", error.line(), error.column()),
        reason: if error.is_eof() { "the file ends in the middle".to_owned() } else { bare(&error) },
        last_key: reader.pending.take().map(|entry| entry.key),
    });
    Document { shape: reader.shape, broken }
}

/// The message without the place, which is reported beside it.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| text::excerpt(message, 80))
}

/// Collects entries. A number counts only once something follows it: the `12` of a file that ends in
/// `"x": 12` may have been `123`. Texts, lists and objects end visibly.
#[derive(Default)]
struct Reader {
    shape: Shape,
    pending: Option<Entry>,
}

impl Reader {
    fn settle(&mut self) {
        if let Some(entry) = self.pending.take() {
            match &mut self.shape {
                Shape::Object(entries) => entries.push(entry),
                Shape::List(values) => values.push(entry.value),
                Shape::Other => {}
            }
        }
    }

    fn settle_if_closed(&mut self) {
        if self.pending.as_ref().is_some_and(|entry| entry.value.get().ends_with(['"', ']', '}'])) {
            self.settle();
        }
    }

    fn is_full(&self) -> bool {
        match &self.shape {
            Shape::Object(entries) => entries.len() >= MAX_ENTRIES,
            Shape::List(values) => values.len() >= MAX_ENTRIES,
            Shape::Other => false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.shape = Shape::Object(Vec::new());
        while let Some(Bytes(key)) = map.next_key()? {
            self.settle();
            if self.is_full() {
                return Err(A::Error::custom(format!("more than {MAX_ENTRIES} entries")));
            }
            match map.next_value() {
                Ok(value) => self.pending = Some(Entry { key, value }),
                Err(error) => {
                    self.pending = Some(Entry { key, value: Box::default() });
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.shape = Shape::List(Vec::new());
        while let Some(value) = seq.next_element()? {
            self.settle();
            if self.is_full() {
                return Err(A::Error::custom(format!("more than {MAX_ENTRIES} entries")));
            }
            self.pending = Some(Entry { key: Vec::new(), value });
        }
        Ok(())
    }
}

/// A text as bytes: the only way to read a key with a lone surrogate.
struct Bytes(Vec<u8>);

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;

        impl Visitor<'_> for Take {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(text::unescape_surrogates(bytes)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
                self.visit_bytes(text.as_bytes())
            }
        }

        deserializer.deserialize_bytes(Take)
    }
}

/// A text value as bytes; `None` if it is not a text.
pub(super) fn text_bytes(value: &RawValue) -> Option<Vec<u8>> {
    // A `Bytes` may also be read from a list of numbers, which is no text.
    if !value.get().starts_with('"') {
        return None;
    }
    serde_json::from_str::<Bytes>(value.get()).ok().map(|Bytes(bytes)| bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a test fails by panicking")]

    use super::*;

    fn keys(document: &Document) -> Vec<String> {
        match &document.shape {
            Shape::Object(entries) => {
                entries.iter().map(|entry| format!("{}={}", String::from_utf8_lossy(&entry.key), entry.value)).collect()
            }
            Shape::List(values) => values.iter().map(ToString::to_string).collect(),
            Shape::Other => panic!("neither object nor list: {document:?}"),
        }
    }

    #[test]
    fn duplicates_and_order_are_kept() {
        let document = read("{\"b\": 1,\r\n\t\"a\": [2],\r\n\"b\": \"x\"}\r\n");
        assert_eq!(keys(&document), ["b=1", "a=[2]", "b=\"x\""]);
        assert_eq!(document.broken, None);
    }

    #[test]
    fn a_file_cut_off_loses_only_its_last_entry() {
        let document = read("{\n \"a\": 1,\n \"b\": 12");
        assert_eq!(keys(&document), ["a=1"]);
        let broken = document.broken.unwrap_or_else(|| panic!("not noticed"));
        assert_eq!(broken.last_key.as_deref(), Some(&b"b"[..]));
        assert_eq!((broken.place.as_str(), broken.reason.as_str()), ("line 3 column 8", "the file ends in the middle"));
        assert_eq!(keys(&read("[\"a\", \"b\", \"c")), ["\"a\"", "\"b\""]);
        assert_eq!(keys(&read("{\"a\": [\"x\"]")), ["a=[\"x\"]"]);
    }

    #[test]
    fn a_broken_value_is_named_with_its_key() {
        let document = read("{\"a\": 1, \"b\": nope, \"c\": 3}");
        assert_eq!(keys(&document), ["a=1"]);
        assert_eq!(document.broken.and_then(|broken| broken.last_key), Some(b"b".to_vec()));
    }

    #[test]
    fn what_follows_the_document_is_reported_and_costs_nothing() {
        let document = read("{\"a\": 1} }");
        assert_eq!(keys(&document), ["a=1"]);
        assert!(document.broken.is_some());
    }

    #[test]
    fn deep_nesting_is_only_an_entry() {
        let deep = format!("{{\"a\": {}{}, \"b\": 2}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(read(&deep).shape, Shape::Object(entries) if entries.len() == 2));
    }

    #[test]
    fn names_that_are_not_utf8_come_back_byte_for_byte() {
        let document = read(r#"{"caf\udce9.mp4": 3}"#);
        assert!(
            matches!(&document.shape, Shape::Object(entries) if entries.iter().any(|entry| entry.key == b"caf\xE9.mp4"))
        );
        let list = read(r#"["x\udc80", 3]"#);
        let Shape::List(values) = list.shape else { panic!("no list") };
        assert_eq!(values.iter().map(|value| text_bytes(value)).collect::<Vec<_>>(), [Some(b"x\x80".to_vec()), None]);
    }

    #[test]
    fn other_documents_are_other() {
        for text in ["3", "\"x\"", "null", ""] {
            let document = read(text);
            assert!(matches!(document.shape, Shape::Other) && document.broken.is_some(), "{text}");
        }
    }
}
