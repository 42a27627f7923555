//! Noting that a task of whoever looks after the gallery ended. Nothing about the library follows from it.

use events::Event;
use events::event::Maintenance;

/// How many characters of what came of it are kept.
const SUMMARY_MAX: usize = 1_000;

/// What is written down of it.
pub(super) fn ended(event: &Maintenance) -> Vec<Event> {
    let mut event = event.clone();
    let (Maintenance::Done { summary, .. }
    | Maintenance::Failed { summary, .. }
    | Maintenance::Cancelled { summary, .. }) = &mut event;
    if let Some((end, _)) = summary.char_indices().nth(SUMMARY_MAX) {
        summary.truncate(end);
        summary.push('…');
    }
    vec![Event::Maintenance(event)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_a_task_is_kept_as_far_as_anybody_reads_it() {
        let ended = |summary: String| super::ended(&Maintenance::Done { task: "verify".into(), summary });
        let done = |summary: String| vec![Event::Maintenance(Maintenance::Done { task: "verify".into(), summary })];
        assert_eq!(ended("All is well.".into()), done("All is well.".into()));
        assert_eq!(ended("ß".repeat(SUMMARY_MAX)), done("ß".repeat(SUMMARY_MAX)));
        assert_eq!(ended("ß".repeat(70_000)), done(format!("{}…", "ß".repeat(SUMMARY_MAX))));
    }
}
