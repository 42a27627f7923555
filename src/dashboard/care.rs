//! What can be asked for on the page, each with a form that asks once; or a way in, for whoever may not.

use crate::status::{RootState, RootStatus};
use serde::Serialize;

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Care {
    /// Whether whoever looks at the page may. Without it there is only a way in.
    may: bool,
    tasks: &'static [Task],
    /// The library folders.
    folders: Vec<String>,
    /// Those in which so much is missing that nothing was believed.
    refused: Vec<Refused>,
    files: &'static [(&'static str, &'static str)],
}

/// Something that needs nothing but a word.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Task {
    kind: &'static str,
    /// What it is called.
    name: &'static str,
    /// What it does.
    about: &'static str,
    /// The button that starts it.
    now: &'static str,
}

/// A folder in which much is missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Refused {
    folder: String,
    /// How much.
    why: String,
}

const TASKS: &[Task] = &[
    Task {
        kind: "verify",
        name: "Verify the log",
        about: "Reads every event and proves that it is as it was written, and that what is shown is what they say.",
        now: "Verify now",
    },
    Task {
        kind: "rebuild",
        name: "Rebuild what is shown",
        about: "Computes everything from the log anew, beside all that goes on, says whether that is what was shown, and \
                shows it from then on.",
        now: "Rebuild now",
    },
    Task {
        kind: "prune-dry-run",
        name: "Look what to prune",
        about: "Counts the pictures that no video has any more, and those of forgotten videos. Changes nothing.",
        now: "Look now",
    },
    Task {
        kind: "prune",
        name: "Prune pictures",
        about: "Deletes the pictures that no video has any more, and puts those of forgotten videos aside, in the data folder.",
        now: "Prune now",
    },
];

/// What can be carried away: the name of the file, and what it is.
const FILES: &[(&str, &str)] = &[
    ("gallery.jsonl", "Backup: the log, of which tools restore makes a gallery again"),
    ("gallery.db", "What is known, as an SQLite database"),
    ("ratings.json", "Ratings, as the old program had them"),
    ("views.json", "Views, as the old program had them"),
    ("tags.json", "Tags, as the old program had them"),
    ("favorites.json", "Favorites, as the old program had them"),
];

impl Care {
    /// What can be asked for while the library folders are doing like this, by somebody who `may`.
    pub(super) fn of(roots: &[RootStatus], may: bool) -> Self {
        let name = |status: &RootStatus| status.root.as_path().to_string_lossy().into_owned();
        let refused = |status: &RootStatus| match &status.state {
            RootState::Refused(why) => Some(Refused { folder: name(status), why: why.clone() }),
            RootState::Scanning | RootState::Ok | RootState::Unreadable(_) | RootState::Unwritten(_) => None,
        };
        Self {
            may,
            tasks: TASKS,
            folders: roots.iter().map(name).collect(),
            refused: roots.iter().filter_map(refused).collect(),
            files: FILES,
        }
    }
}
