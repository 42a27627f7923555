//! Hearts, by file name (§1b).

use super::{NAMES, gallery, posted};
use crate::support::video;
use serde_json::json;

/// §1b POST /favorite: a toggle that tells all favourites; §7.4: their order was lost.
#[tokio::test]
async fn a_heart_is_turned_and_all_are_told_in_their_order() {
    let gallery = gallery();
    let toggle = async |name: &str| posted(&gallery, "/favorite", json!({"filename": name})).await;
    let told = |names: &[&str], heart: bool| json!({"success": true, "favorites": names, "is_favorite": heart});
    assert_eq!(toggle(NAMES[4]).await, told(&[NAMES[4]], true));
    assert_eq!(toggle(NAMES[1]).await, told(&[NAMES[4], NAMES[1]], true));
    assert_eq!(toggle(NAMES[0]).await, told(&[NAMES[4], NAMES[1], NAMES[0]], true));
    assert_eq!(toggle(NAMES[1]).await, told(&[NAMES[4], NAMES[0]], false));
    gallery.close();
}

/// §7.2 D3: of 60 toggles at once on different videos, 9 were lost.
#[tokio::test]
async fn hearts_given_at_once_are_all_kept() {
    let gallery = gallery();
    let turn = async |name| posted(&gallery, "/favorite", json!({"filename": name})).await;
    let [a, b, c, d, e] = NAMES;
    tokio::join!(turn(a), turn(b), turn(c), turn(d), turn(e));
    for number in 1..=5 {
        assert!(gallery.state().favorites().contains(video(number)), "{number}");
    }
    gallery.close();
}
