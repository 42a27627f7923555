//! What a person should know about the library folders: that they are being read for the first time, or cannot be.
//!
//! Jobs report it, and reading what they report never waits. It is not in the snapshot, so a page that shows it is kept
//! under it.

use crate::status::{LibraryStatus, RootState};
use crate::web::human::sentence;
use serde::Serialize;

/// What home shows that neither snapshot nor address say.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Notices {
    /// A folder is being read for the first time since the start.
    pub(super) scanning: bool,
    pub(super) troubles: Vec<Trouble>,
}

/// Why a folder is not shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Trouble {
    title: String,
    text: String,
}

impl Notices {
    /// What jobs report now.
    pub(super) fn now(library: &LibraryStatus) -> Self {
        let roots = library.roots();
        let scanning = roots.iter().any(|root| root.state == RootState::Scanning);
        let troubles = roots.iter().filter_map(|root| {
            let folder = root.root.as_path().display();
            let (title, why, then) = match &root.state {
                RootState::Scanning | RootState::Ok => return None,
                RootState::Refused(why) => (
                    format!("{folder} is shown as it was"),
                    why,
                    "If the files are really gone, start the server once with --accept-missing.",
                ),
                RootState::Unreadable(why) => {
                    (format!("{folder} cannot be read"), why, "Nothing is lost; it is tried again until it works.")
                }
                RootState::Unwritten(why) => {
                    (format!("What is in {folder} could not be written down"), why, "It is tried again until it works.")
                }
            };
            Some(Trouble { title, text: format!("{} {then}", sentence(why)) })
        });
        Self { scanning, troubles: troubles.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::RootPath;

    #[test]
    fn folders_in_trouble_are_named_with_why_and_what_then() {
        let (good, bad) = (RootPath::new("/good"), RootPath::new("/bad"));
        let library = LibraryStatus::new(&[good.clone(), bad.clone()]);
        assert_eq!(Notices::now(&library), Notices { scanning: true, troubles: Vec::new() });
        library.update(&good, |root| root.state = RootState::Ok);
        library.update(&bad, |root| root.state = RootState::Unreadable("permission denied".to_owned()));
        let Notices { scanning, troubles } = Notices::now(&library);
        let text = "Permission denied. Nothing is lost; it is tried again until it works.".to_owned();
        assert_eq!((scanning, troubles), (false, vec![Trouble { title: "/bad cannot be read".to_owned(), text }]));
    }
}
