//! Publishing: readers keep what they hold and get what is new.

use projections::Publisher;

use crate::story::*;

#[test]
fn a_snapshot_does_not_change_while_the_state_does() {
    let first = given([found(1, "a"), rated(1, 1)]);
    let publisher = Publisher::new(first.clone());
    let live = publisher.live();
    let held = live.snapshot();
    // Small steps are dropped at once, large ones go to the reaper: more than may wait there.
    let last = (0..200).fold(first, |state, round| {
        let mut state = then(state, [rated(1, 1 + round % 5), tagged(1, "x")]);
        state.apply(&recorded(state.pos() + u64::from(round % 2) * 5_000 + 1, watched(1)));
        publisher.publish(state.clone());
        state
    });
    assert_eq!((held.pos(), held.ratings().get(id(1)).unwrap().stars), (2, stars(1)));
    assert!(held.check().is_empty());
    assert_eq!(live.clone().snapshot().digest(), last.digest());
}

#[test]
fn readers_see_positions_only_grow() {
    let publisher = Publisher::new(given([found(1, "a")]));
    let live = publisher.live();
    let reader = std::thread::spawn(move || {
        let mut seen = 0;
        while seen < 300 {
            let snapshot = live.snapshot();
            assert!(snapshot.pos() >= seen);
            seen = snapshot.pos();
            assert_eq!(snapshot.views().get(id(1)).count, seen - 1, "all of a snapshot is from one moment");
        }
    });
    let mut state = given([found(1, "a")]);
    for pos in 2..=300 {
        state.apply(&recorded(pos, watched(1)));
        publisher.publish(state.clone());
    }
    reader.join().unwrap();
}
