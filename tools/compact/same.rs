//! Whether two states say the same about everything a person can see, however their logs say it.
//!
//! What may differ: positions, and which device watched last.

use projections::State;

/// What differs, in words.
pub(super) fn differences(old: &State, new: &State) -> Vec<String> {
    let mut differences = Vec::new();
    let mut note = |same: bool, what: &dyn Fn() -> String| {
        if !same {
            differences.push(what());
        }
    };
    note(old.videos().iter().eq(new.videos().iter()), &|| "the videos".to_owned());
    note(old.playlists().iter().eq(new.playlists().iter()), &|| "the playlists".to_owned());
    note(old.tags().all() == new.tags().all(), &|| "the tags".to_owned());
    note(old.images().iter().eq(new.images().iter()), &|| "the images".to_owned());
    note(old.groups().iter().eq(new.groups().iter()), &|| "the groups of images".to_owned());
    note(old.anomalies() == new.anomalies(), &|| "what makes no sense".to_owned());
    for video in old.videos().iter().map(|video| video.id) {
        let about = |what: &'static str| move || format!("the {what} of video {video}");
        note(old.ratings().get(video) == new.ratings().get(video), &about("rating"));
        let (was, is) = (old.favorites().added_at_ms(video), new.favorites().added_at_ms(video));
        note(was == is, &about("heart"));
        note(old.tags().of(video) == new.tags().of(video), &about("tags"));
        let (was, is) = (old.views().get(video), new.views().get(video));
        note((was.count, was.last_viewed_at_ms) == (is.count, is.last_viewed_at_ms), &about("views"));
        note(old.statistics().hours(video) == new.statistics().hours(video), &about("hours"));
        note(old.playback().get(video) == new.playback().get(video), &about("resume position"));
        note(old.thumbnails().get(video) == new.thumbnails().get(video), &about("cover"));
        note(old.thumbnails().storyboard(video) == new.thumbnails().storyboard(video), &about("storyboard"));
    }
    differences
}
