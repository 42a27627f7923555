//! Having library folders looked at again, and believing what they say. The looking itself is a job of each folder
//! (`crate::jobs`), which goes on when nobody waits for it any more.

use super::{Ground, Report, StartError, Stopped};
use crate::status::jobs::Outcome;
use crate::status::{RootState, RootStatus};
use crate::web::human::count;
use events::RootPath;
use std::ops::ControlFlow;

/// What a folder is called, for people and in forms.
pub(super) fn name(root: &RootPath) -> String {
    root.as_path().display().to_string()
}

/// How the folder `root` is doing.
pub(super) fn known(ground: &Ground, root: &RootPath) -> Result<RootStatus, StartError> {
    let found = ground.library.roots().into_iter().find(|status| status.root == *root);
    found.ok_or_else(|| StartError::NoSuchFolder(name(root)))
}

/// Whether so much is missing in `root` that nothing was believed.
pub(super) fn refused(ground: &Ground, root: &RootPath) -> Result<(), StartError> {
    match known(ground, root)?.state {
        RootState::Refused(_) => Ok(()),
        RootState::Scanning | RootState::Ok | RootState::Unreadable(_) | RootState::Unwritten(_) => {
            Err(StartError::NothingMissing(name(root)))
        }
    }
}

/// Has `root` looked at, or all folders.
pub(super) fn rescan(ground: &Ground, root: Option<RootPath>, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let roots: Vec<RootPath> = match root {
        Some(root) => vec![root],
        None => ground.library.roots().into_iter().map(|status| status.root).collect(),
    };
    let asked: Vec<(RootPath, u64)> =
        roots.into_iter().filter_map(|root| (ground.ask)(&root, false).map(|number| (root, number))).collect();
    let (mut seen, total) = (Vec::new(), asked.len() as u64);
    for (number, (root, answer)) in (1..).zip(asked) {
        seen.push(looked_at(ground, &root, answer, report)?);
        if report.tell(number, total) == ControlFlow::Break(()) {
            return Err(left());
        }
    }
    let (files, changes): (usize, u64) = (seen.iter().map(|it| it.files).sum(), seen.iter().map(|it| it.changes).sum());
    let looked =
        format!("Looked at {}: {}, {}.", count(total, "folder"), count(files as u64, "file"), count(changes, "change"));
    let mut outcome = Outcome::new(looked);
    outcome = outcome.with("Folders", seen.len()).with("Files", files).with("Changes", changes);
    let wrong: Vec<String> = seen.iter().filter_map(trouble).collect();
    if wrong.is_empty() {
        return Ok(outcome);
    }
    outcome.summary = format!("{} {}", outcome.summary, wrong.join(" "));
    Err(Stopped::Failed(outcome))
}

/// Has `root` looked at, and what is missing there believed.
pub(super) fn accept_missing(ground: &Ground, root: &RootPath, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let Some(answer) = (ground.ask)(root, true) else {
        return Err(Stopped::refused(format!("There is no library folder {}.", name(root))));
    };
    let seen = looked_at(ground, root, answer, report)?;
    match trouble(&seen) {
        Some(why) => Err(Stopped::refused(why)),
        None => Ok(Outcome::new(format!("What is missing there is gone: {} changes.", seen.changes))
            .with("Files", seen.files)
            .with("Changes", seen.changes)),
    }
}

/// How the folder is doing after the look that has this number.
fn looked_at(ground: &Ground, root: &RootPath, answer: u64, report: &Report<'_>) -> Result<RootStatus, Stopped> {
    let mut news = ground.library.subscribe();
    let answered = async {
        let over = |roots: &Vec<RootStatus>| roots.iter().any(|it| it.root == *root && it.answered >= answer);
        news.wait_for(over).await.map(|roots| roots.iter().find(|it| it.root == *root).cloned())
    };
    match report.wait(answered) {
        None => Err(left()),
        Some(Ok(Some(status))) => Ok(status),
        Some(Ok(None) | Err(_)) => Err(Stopped::refused(format!("Nobody looks at {}.", name(root)))),
    }
}

/// Nobody waits for it any more.
fn left() -> Stopped {
    Stopped::Cancelled("It is waited for no more; a look that has begun goes on.".to_owned())
}

/// Why the look at a folder led to nothing, as a sentence.
fn trouble(status: &RootStatus) -> Option<String> {
    let name = name(&status.root);
    match &status.state {
        RootState::Scanning | RootState::Ok => None,
        RootState::Refused(why) => Some(format!("{name} is left as it was: {why}.")),
        RootState::Unreadable(why) => Some(format!("{name} cannot be read: {why}.")),
        RootState::Unwritten(why) => Some(format!("{name} could not be written down, and is tried again: {why}.")),
    }
}
