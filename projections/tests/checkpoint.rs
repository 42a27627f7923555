//! A state that was kept and restored is the same state; anything else is not taken for one.

use std::collections::BTreeSet;

use events::Recorded;
use projections::{Replay, SCHEMA, State};
use proptest::prelude::*;

use crate::story::{found, given, liked, rated, tagged, watched};
use crate::stream::{history, seeds};

fn state_in(checkpoint: &[u8]) -> Option<State> {
    Replay::restore(checkpoint).map(Replay::finish)
}

fn applied(events: &[Recorded]) -> State {
    let mut state = State::default();
    events.iter().for_each(|recorded| state.apply(recorded));
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_kept_is_restored(seeds in seeds(250), cut in any::<prop::sample::Index>()) {
        let events = history(&seeds, 12);
        let (head, tail) = events.split_at(cut.index(events.len() + 1));
        let (kept, whole) = (applied(head), applied(&events));
        let checkpoint = kept.checkpoint();
        let mut restored = state_in(&checkpoint).unwrap();
        prop_assert_eq!(restored.digest(), kept.digest());
        prop_assert_eq!(restored.first_anomaly(), kept.first_anomaly());
        prop_assert_eq!(restored.check(), BTreeSet::new());
        prop_assert_eq!(restored.checkpoint(), checkpoint.clone());
        tail.iter().for_each(|recorded| restored.apply(recorded));
        prop_assert_eq!(restored.digest(), whole.digest());
        prop_assert_eq!(restored.check(), BTreeSet::new());
        let mut resumed = Replay::restore(&checkpoint).unwrap();
        tail.iter().for_each(|recorded| resumed.fold(recorded));
        prop_assert_eq!(resumed.digest(), whole.digest());
        let resumed = resumed.finish();
        prop_assert_eq!(resumed.checkpoint(), whole.checkpoint());
        prop_assert_eq!(resumed.check(), BTreeSet::new());
    }

    #[test]
    fn damaged_bytes_are_no_state(seeds in seeds(120), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let bytes = applied(&history(&seeds, 12)).checkpoint();
        let place = at.index(bytes.len());
        let mut flipped = bytes.clone();
        flipped[place] ^= flip;
        // What can be read is another state, and says so. Views and their sums are both facts: where only one of them was
        // damaged they differ, and a verification finds that.
        if let Some(other) = state_in(&flipped) {
            prop_assert!(other.checkpoint() == flipped);
            prop_assert!(other.check().is_subset(&BTreeSet::from(["statistics"])), "{:?}", other.check());
        }
        prop_assert!(state_in(&bytes[..place]).is_none(), "cut at {place}");
        let longer = [bytes.as_slice(), &[flip]].concat();
        prop_assert!(state_in(&longer).is_none());
    }

    #[test]
    fn garbage_is_no_state(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(state_in(&bytes).is_none_or(|state| state.checkpoint() == bytes));
    }
}

#[test]
fn the_beginning_can_be_kept_too() {
    let restored = state_in(&State::default().checkpoint()).unwrap();
    assert_eq!((restored.pos(), restored.digest()), (0, State::default().digest()));
    assert!(state_in(&[]).is_none());
    assert_ne!(SCHEMA, [0; 32]);
}

/// A few bytes that promise four billion of something must not be believed.
#[test]
fn large_numbers_in_few_bytes_are_refused() {
    let state = given([found(1, "a.mp4"), rated(1, 3), liked(1), watched(1), tagged(1, "art")]);
    let bytes = state.checkpoint();
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    let mut refused = 0;
    for place in 0..bytes.len() {
        let (before, after) = bytes.split_at(place);
        let promising = [before, &huge, &after[1..]].concat();
        refused += usize::from(state_in(&promising).is_none());
    }
    assert!(refused > bytes.len() / 2, "{refused} of {}", bytes.len());
}
