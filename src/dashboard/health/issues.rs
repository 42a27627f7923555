//! What can be wrong, card by card: the words, and from when on.

use super::Issue;
use crate::dashboard::{
    Cards, Level, caches, folders, process, projection, storage, streams, thumbnails, traffic, writer,
};
use crate::web::human::{count, ended, grouped, percent, size, took};

/// How many reasons of failed covers are issues of their own.
const REASONS_MAX: usize = 5;
/// How many routes are, that are slow, and as many that fail.
const ROUTES_MAX: usize = 3;

/// Everything that is not as it should be, card by card.
pub(super) fn all(cards: &Cards) -> Vec<Issue> {
    let mut issues = Vec::new();
    issues.extend(of_writer(&cards.writer));
    issues.extend(of_traffic(&cards.traffic));
    issues.extend(of_projection(&cards.projection));
    issues.extend(of_storage(&cards.storage));
    issues.extend(cards.folders.folders.iter().zip(1..).flat_map(|(folder, number)| of_folder(folder, number)));
    issues.extend(of_thumbnails(&cards.thumbnails));
    issues.extend(of_caches(&cards.caches));
    issues.extend(of_streams(&cards.streams));
    issues.extend(of_process(&cards.process));
    issues
}

fn of_writer(card: &writer::Card) -> Vec<Issue> {
    let reason = ended(card.reason.as_deref().unwrap_or("nobody knows why"));
    let writing = match card.state {
        "full" => Some(Issue::new(
            "log-full",
            Level::Bad,
            format!("The last change was refused: {reason}"),
            "Watching goes on, and each change is tried. Make room on the disk of the data folder.",
        )),
        "recovering" => Some(Issue::new(
            "writer-recovering",
            Level::Bad,
            format!("Nothing can be changed at the moment: {reason}"),
            "Watching goes on. The log is opened again by itself, over and over: look at the disk of the data folder, \
             whether it is full, read-only or gone.",
        )),
        "damaged" => Some(Issue::new(
            "log-damaged",
            Level::Bad,
            format!("Nothing is written any more: {reason}"),
            "Watching goes on. Stop the server, and let “local-video-server tools verify” tell what is wrong; then bring \
             a backup back, or let “tools repair” save what can be read.",
        )),
        _ => None,
    };
    let verified = card.verified.filter(|verified| !verified.whole).map(|_| {
        Issue::new(
            "verification-failed",
            Level::Bad,
            "The last verification found something wrong.",
            "The job says what. Make a backup of the data folder before anything else.",
        )
        .shown_at("/admin#jobs")
    });
    writing.into_iter().chain(verified).map(|issue| issue.or_shown_at("/admin#writer")).collect()
}

fn of_projection(card: &projection::Card) -> Option<Issue> {
    (card.anomalies > 0).then(|| {
        let first = card.first_anomaly.unwrap_or(0);
        Issue::new(
            "anomalies",
            Level::Bad,
            format!("{} in the log made no sense, the first at position {first}.", count(card.anomalies, "event")),
            "Something else has written into the log, or this program is wrong. Have the log verified, and please report it.",
        )
        .shown_at("/admin#projection")
    })
}

fn of_storage(card: &storage::Card) -> Vec<Issue> {
    let disk = card.disk_bytes.unwrap_or(0);
    let advice = "Make room on it, or give the pictures less of it with --thumbnails-gib. When it is full, nothing can be \
                  changed any more; watching goes on.";
    let full = card.free_bytes.filter(|_| card.level > Level::Good).map(|free| {
        let what = format!("The disk of the data folder is nearly full: {} of {} are free.", size(free), size(disk));
        Issue::new("disk-full", card.level, what, advice)
    });
    let unkept = card.numbers_trouble.as_ref().map(|why| {
        let advice = "The charts forget at the next start what is not kept. Everything else goes on; look at the disk of the \
                      data folder.";
        Issue::new("numbers-not-kept", Level::Warn, format!("The numbers of this page cannot be kept: {}", ended(why)), advice)
    });
    full.into_iter().chain(unkept).map(|issue| issue.shown_at("/admin#storage")).collect()
}

fn of_folder(folder: &folders::Folder, number: usize) -> Vec<Issue> {
    let (path, reason) = (&folder.path, ended(folder.reason.as_deref().unwrap_or_default()));
    let state = match folder.state {
        "unreadable" => Some(Issue::new(
            "folder-unreadable",
            Level::Bad,
            format!("{path} cannot be read: {reason}"),
            "Its videos stay in the list. Connect the disk, mount the share, or give this program the right to read; it \
             is tried again by itself.",
        )),
        "refused" => Some(Issue::new(
            "folder-refused",
            Level::Bad,
            format!("{path} is shown as it was: {reason}"),
            "Is the right disk mounted there? Once it is back, all is well by itself. If the files are really gone, \
             say so under “Look after it”.",
        )),
        "unwritten" => Some(Issue::new(
            "folder-unwritten",
            Level::Bad,
            format!("What was found in {path} could not be written down: {reason}"),
            "It is tried again by itself, as soon as changes are taken.",
        )),
        _ => None,
    };
    let unwatched = folder.unwatched_reason.as_ref().filter(|_| folder.state == "ok").map(|why| {
        Issue::new(
            "folder-unwatched",
            Level::Warn,
            format!("Changes in {path} are noticed late: {}", ended(why)),
            "The folder is looked through every now and then; that misses nothing.",
        )
    });
    let troubles = folder.trouble_examples.first().map(|first| {
        Issue::new(
            "files-unreadable",
            Level::Warn,
            format!("In {path}, {} cannot be read, such as {}", count(folder.troubles as u64, "thing"), ended(first)),
            "Give this program the right to read them, or take them out of the folder.",
        )
    });
    let all = state.into_iter().chain(unwatched).chain(troubles);
    all.map(|issue| issue.shown_at(format!("/admin#folder-{number}"))).collect()
}

fn of_thumbnails(card: &thumbnails::Card) -> Vec<Issue> {
    let trouble = card.trouble.as_ref().map(|why| {
        let advice = "What is to be made is made as soon as that is mended.";
        Issue::new("thumbnails-stopped", Level::Bad, format!("No pictures can be made: {}", ended(why)), advice)
    });
    let reasons = card.reasons.iter().zip(1..).take(REASONS_MAX).map(|(group, number): (_, usize)| {
        let reason = group.reason.as_deref().unwrap_or("other reasons");
        let what = format!("{} failed: {}", count(group.videos, "thumbnail"), ended(reason));
        let advice = "Does the file play elsewhere? One that is broken or was not copied to its end has to come anew; its \
                      picture is then made by itself.";
        let issue = Issue::new("thumbnails-failed", Level::Warn, what, advice);
        Issue { retry: group.reason.clone(), ..issue }.shown_at(format!("/admin#failed-{number}"))
    });
    let crowded = (card.evicted > 0 && card.stored_bytes > card.stored_max_bytes / 10 * 8).then(|| {
        let deleted = count(card.evicted, "picture");
        let what =
            format!("{deleted} had to go for others: they fill the {} they may take.", size(card.stored_max_bytes));
        let advice = "They are made anew when somebody looks. Give them more room with --thumbnails-gib.";
        Issue::new("thumbnails-full", Level::Warn, what, advice)
    });
    let all = trouble.into_iter().chain(reasons).chain(crowded);
    all.map(|issue| issue.or_shown_at("/admin#thumbnails")).collect()
}

fn of_caches(card: &caches::Card) -> Vec<Issue> {
    let poor = card.caches.iter().filter(|cache| cache.level > Level::Good);
    let issue = |cache: &caches::Cache| {
        let (percent, name) = (cache.hit_percent.unwrap_or(0), cache.name);
        let what = format!("Only {percent} % of what was asked of the cache of {name} was at hand.");
        let advice = "Nothing is broken; pages take longer than they might. A program that walks through all addresses does \
                      this, too.";
        Issue::new("cache-misses", cache.level, what, advice).shown_at("/admin#caches")
    };
    poor.map(issue).collect()
}

fn of_streams(card: &streams::Card) -> Option<Issue> {
    let crowded = card.max > 0 && card.open >= card.max - card.max / 10;
    crowded.then(|| {
        let what = format!("{} of {} places for streams are taken.", card.open, card.max);
        let advice = "Whoever comes when all are taken has to wait. Close players that are paused, or look which device \
                      opens so many.";
        Issue::new("streams-full", Level::Warn, what, advice).shown_at("/admin#streams")
    })
}

fn of_process(card: &process::Card) -> Option<Issue> {
    (card.level > Level::Good).then(|| {
        let what = format!(
            "{} of {} files and connections are open that there may be.",
            grouped(card.open_files),
            grouped(card.open_files_max)
        );
        let advice = "When all are taken, nobody can connect any more. Raise the limit of open files of this program, with \
                      LimitNOFILE or ulimit -n.";
        Issue::new("files-full", card.level, what, advice).shown_at("/admin#process")
    })
}

/// The routes that are slow or fail, the worst few of each; all together only where no route is.
fn of_traffic(card: &traffic::Card) -> Vec<Issue> {
    let (mut slow, mut failing) = (Vec::new(), Vec::new());
    for route in &card.routes {
        let name = format!("{} {}", route.method, route.route);
        slow.extend(slowness(&name, route.slowness, &route.figures));
        failing.extend(failures(&name, route.failing, &route.figures));
    }
    if slow.is_empty() {
        slow.extend(slowness("All requests together", card.slowness, &card.total));
    }
    if failing.is_empty() {
        failing.extend(failures("All requests together", card.failing, &card.total));
    }
    for issues in [&mut slow, &mut failing] {
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.level));
        issues.truncate(ROUTES_MAX);
    }
    failing.into_iter().chain(slow).map(|issue| issue.shown_at("/admin#traffic")).collect()
}

fn slowness(name: &str, level: Level, figures: &traffic::Figures) -> Option<Issue> {
    (level > Level::Good).then(|| {
        let what = format!("{name}: 5 of 100 answers took longer than {} to begin.", took(figures.p95_us));
        let advice = "Is the disk busy, or another program on this machine? The log of the server names slow requests with \
                      what took so long.";
        Issue::new("slow", level, what, advice)
    })
}

fn failures(name: &str, level: Level, figures: &traffic::Figures) -> Option<Issue> {
    (level > Level::Good).then(|| {
        let what =
            format!("{name}: {} of the answers were errors of the server.", percent(figures.errors, figures.requests));
        let advice = "The log of the server says why each of them failed.";
        Issue::new("errors", level, what, advice)
    })
}
