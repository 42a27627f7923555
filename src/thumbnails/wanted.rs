//! Which pictures somebody is waiting for right now: pages say what they show, and that is made first.
//!
//! A hint, not a fact: it is bounded, is lost at the end of the program, and nothing depends on it but the order of work.

use events::VideoId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many wishes are remembered: those of a few screens.
const WISHES_MAX: usize = 512;

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The cover of a video.
    Cover(VideoId),
    /// The storyboard of a video.
    Storyboard(VideoId),
}

/// What somebody waits for. Cheap to clone; every clone is the same.
#[derive(Clone, Default)]
pub struct Wanted(Arc<Inside>);

#[derive(Default)]
struct Inside {
    /// The latest wish is the first.
    wishes: Mutex<VecDeque<Wish>>,
    wake: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Wanted {
    /// Says whom to wake when somebody wishes for something.
    pub fn wake(&self, wake: impl Fn() + Send + 'static) {
        *self.0.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(wake));
    }

    /// Somebody waits for these, the first one most of all.
    pub fn wish(&self, wishes: impl DoubleEndedIterator<Item = Wish>) {
        let mut known = self.lock();
        for wish in wishes.rev().take(WISHES_MAX) {
            known.retain(|other| *other != wish);
            known.push_front(wish);
        }
        known.truncate(WISHES_MAX);
        drop(known);
        if let Some(wake) = &*self.0.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
    }

    /// What is waited for, the latest wish first.
    #[must_use]
    pub fn wishes(&self) -> Vec<Wish> {
        self.lock().iter().copied().collect()
    }

    /// Nobody has to wait for this any more: it is there, or cannot be had.
    pub fn done(&self, wish: Wish) {
        self.lock().retain(|other| *other != wish);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Wish>> {
        self.0.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn cover(number: u32) -> Wish {
        Wish::Cover(VideoId::new(number).unwrap())
    }

    #[test]
    fn the_latest_screen_comes_first_and_in_its_own_order() {
        let wanted = Wanted::default();
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        wanted.wake(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        wanted.wish([cover(1), cover(2)].into_iter());
        wanted.wish([cover(3), cover(1)].into_iter());
        assert_eq!(wanted.wishes(), [cover(3), cover(1), cover(2)]);
        wanted.done(cover(1));
        assert_eq!(wanted.wishes(), [cover(3), cover(2)]);
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn wishes_are_bounded() {
        let wanted = Wanted::default();
        wanted.wish((1..=2_000).map(cover));
        wanted.wish([cover(5_000)].into_iter());
        let wishes = wanted.wishes();
        assert_eq!((wishes.len(), wishes.first()), (WISHES_MAX, Some(&cover(5_000))));
    }
}
