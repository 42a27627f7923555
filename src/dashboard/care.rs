//! What can be asked for on the page: which job, its button, what it does, and the button that starts it.

/// All of it, in the order of the page.
pub(super) const CARE: [(&str, &str, &str, &str); 4] = [
    (
        "verify",
        "Verify the log",
        "Reads every event and proves that it is as it was written, and that what is shown is what they say.",
        "Verify now",
    ),
    (
        "rebuild",
        "Rebuild what is shown",
        "Computes everything from the log anew, beside all that goes on, and shows that from then on.",
        "Rebuild now",
    ),
    (
        "prune-dry-run",
        "Look what to prune",
        "Counts the pictures that no video has any more, and those of forgotten videos. Changes nothing.",
        "Look now",
    ),
    (
        "prune",
        "Prune pictures",
        "Deletes the pictures that no video has any more, and puts those of forgotten videos aside, in the data folder.",
        "Prune now",
    ),
];
