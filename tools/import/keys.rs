//! The idempotency keys of imported records: the same record has the same key in every import, whatever
//! folder it is read from, so that a second import recognises the first.
//!
//! Made of what the record is about (`key`) and what it says (`body`). These texts are part of the
//! stored format: changing one makes every library import its old catalogue again.

use events::{CommandId, GroupSlug, MediaPath, PlaylistName, Stars, TagName};

fn key(kind: &str, name: &MediaPath, content: &str) -> CommandId {
    let mut about = format!("legacy\0{kind}\0").into_bytes();
    about.extend_from_slice(name.as_path().as_os_str().as_encoded_bytes());
    CommandId::new(&about, content.as_bytes())
}

/// A catalogue row, with the date it gives.
pub(super) fn video(name: &MediaPath, added_at_ms: Option<i64>) -> CommandId {
    key("video", name, &added_at_ms.map_or(String::new(), |ms| ms.to_string()))
}

/// A rating; with its date, if it has one, so that 3, then 4, then 3 again are three records.
pub(super) fn rating(name: &MediaPath, stars: Stars, dated_at_ms: Option<i64>) -> CommandId {
    let date = dated_at_ms.map_or(String::new(), |ms| format!("@{ms}"));
    key("rating", name, &format!("{}{date}", stars.get()))
}

/// A total of views.
pub(super) fn views(name: &MediaPath, total: u64, last_viewed_at_ms: Option<i64>) -> CommandId {
    let date = last_viewed_at_ms.map_or(String::new(), |ms| format!("@{ms}"));
    key("views", name, &format!("{total}{date}"))
}

/// A tag, the same in whatever case and from whatever file.
pub(super) fn tag(name: &MediaPath, tag: &TagName) -> CommandId {
    key("tag", name, &tag.key())
}

/// A heart.
pub(super) fn favorite(name: &MediaPath) -> CommandId {
    key("favorite", name, "")
}

/// A playlist.
pub(super) fn playlist(name: &PlaylistName) -> CommandId {
    CommandId::new(format!("legacy\0playlist\0{}", name.as_str()).as_bytes(), b"")
}

/// The `nth` time (from 0) that a playlist shows a video.
pub(super) fn item(list: &PlaylistName, name: &MediaPath, nth: usize) -> CommandId {
    key(&format!("item\0{}", list.as_str()), name, &nth.to_string())
}

/// A group of images, by its part of addresses.
pub(super) fn group(slug: &GroupSlug) -> CommandId {
    CommandId::new(format!("legacy\0group\0{}", slug.as_str()).as_bytes(), b"")
}

/// An image in a group.
pub(super) fn group_image(slug: &GroupSlug, name: &MediaPath) -> CommandId {
    key(&format!("group image\0{}", slug.as_str()), name, "")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_every_import_so_far() {
        let name = MediaPath::new("a.mp4").unwrap();
        let list = PlaylistName::new("Evening").unwrap();
        let stars = Stars::new(3).unwrap();
        let keys = [
            video(&name, None),
            video(&name, Some(1000)),
            rating(&name, stars, None),
            rating(&name, stars, Some(1000)),
            views(&name, 7, None),
            views(&name, 7, Some(1000)),
            tag(&name, &TagName::new("#Sea").unwrap()),
            favorite(&name),
            playlist(&list),
            item(&list, &name, 0),
            item(&list, &name, 1),
        ];
        let all: Vec<u8> = keys.iter().flat_map(|key| [key.key, key.body]).flat_map(u64::to_le_bytes).collect();
        assert_eq!(
            CommandId::new(&all, &[]).key,
            12_973_612_968_721_330_152,
            "a changed key imports every old catalogue again"
        );
        let distinct: std::collections::HashSet<CommandId> = keys.into_iter().collect();
        assert_eq!(distinct.len(), 11);
    }
}
