//! Taking over the catalogue of the program before this one. What becomes of it is worked out by `tools::import`, a sibling of
//! these rules, from all that ever happened here; so it may be taken over only while that is still all.

use super::{Decision, Rejected};
use events::Pos;
use projections::State;
use tools::import::Planned;

/// What was worked out.
#[derive(Clone, Debug)]
pub struct Import {
    /// The position of the last event that was known then.
    pub at: Pos,
    /// What is to be written, in order.
    pub events: Vec<Planned>,
}

/// What is written, if nothing has happened since.
pub(super) fn decide(state: &State, import: &Import) -> Result<Decision, Rejected> {
    if state.pos() != import.at {
        return Err(Rejected::Changed);
    }
    let mut decision = Decision::default();
    for (index, Planned { occurred_at_ms, command_id, event }) in import.events.iter().cloned().enumerate() {
        decision.occurred_at_ms.insert(index, occurred_at_ms);
        decision.command_ids.insert(index, command_id);
        decision.events.push(event);
    }
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{found, state};
    use events::CommandId;

    #[test]
    fn what_was_worked_out_is_taken_over_with_its_keys_while_it_still_holds() {
        let state = state([found(1, "a.mp4")]);
        let command_id = CommandId { key: 7, body: 8 };
        let events = vec![Planned { occurred_at_ms: 5, command_id, event: found(2, "b.mp4") }];
        let import = Import { at: 1, events };
        let decision = decide(&state, &import);
        assert!(matches!(&decision, Ok(it) if it.events == [found(2, "b.mp4")]
            && it.occurred_at_ms == [(0, 5)].into() && it.command_ids == [(0, command_id)].into()));
        assert_eq!(decide(&state, &Import { at: 0, ..import }), Err(Rejected::Changed), "something happened since");
    }
}
