//! What many ask for at once and one of them makes, while the others wait for it.
//!
//! Nothing is handed over: whoever waited looks again where the result is kept, and makes it if it is not there. So a maker
//! that fails, panics or goes away harms nobody but itself, and the next one takes over.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What is being made at the moment, by name. There is never more than there are requests.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Box<str>, watch::Receiver<()>>>);

/// Who makes it.
pub(crate) enum Turn<'a> {
    /// Whoever asked; the others wait until this is dropped.
    Mine(Flight<'a>),
    /// Somebody else.
    Theirs(Landing),
}

/// Something is being made as long as this is held.
pub(crate) struct Flight<'a> {
    flights: &'a Flights,
    name: &'a str,
    /// Dropping it, after this is no longer among the flights, wakes all who wait.
    _landing: watch::Sender<()>,
}

/// What somebody else is making.
pub(crate) struct Landing(watch::Receiver<()>);

impl Flights {
    /// Begins to make what has this `name`, unless somebody does.
    pub(crate) fn join<'a>(&'a self, name: &'a str) -> Turn<'a> {
        let mut under_way = self.under_way();
        if let Some(landing) = under_way.get(name) {
            return Turn::Theirs(Landing(landing.clone()));
        }
        let (sender, landing) = watch::channel(());
        under_way.insert(name.into(), landing);
        Turn::Mine(Flight { flights: self, name, _landing: sender })
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Box<str>, watch::Receiver<()>>> {
        // Nothing in here can leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.under_way().remove(self.name);
    }
}

impl Landing {
    /// Waits until it is made, or will not be.
    pub(crate) async fn landed(mut self) {
        // Nothing is ever sent; the end of the sender is the message.
        while self.0.changed().await.is_ok() {}
    }
}

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::task::{JoinSet, yield_now};

    /// Who makes a thing that the first one fails to make, the second one panics over, and the third one makes.
    #[tokio::test]
    async fn one_makes_it_while_the_others_wait_and_the_next_one_when_that_fails() {
        const ASKING: usize = 20;
        let flights = Arc::new(Flights::default());
        let [attempts, waiting, made] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let (flights, attempts, waiting, made) =
                (Arc::clone(&flights), Arc::clone(&attempts), Arc::clone(&waiting), Arc::clone(&made));
            async move {
                while made.load(Ordering::SeqCst) == 0 {
                    match flights.join("page") {
                        Turn::Theirs(landing) => {
                            waiting.fetch_add(1, Ordering::SeqCst);
                            landing.landed().await;
                        }
                        Turn::Mine(_flight) => {
                            let attempt = attempts.fetch_add(1, Ordering::SeqCst);
                            waiting.store(0, Ordering::SeqCst);
                            while waiting.load(Ordering::SeqCst) < ASKING - 1 - attempt {
                                yield_now().await;
                            }
                            match attempt {
                                0 => return false,
                                1 => panic!("the template is broken"),
                                _ => made.fetch_add(1, Ordering::SeqCst),
                            };
                        }
                    }
                }
                true
            }
        };
        let mut asking: JoinSet<bool> = (0..ASKING).map(|_| ask()).collect();
        let (mut served, mut failed, mut panicked) = (0, 0, 0);
        while let Some(outcome) = asking.join_next().await {
            match outcome {
                Ok(true) => served += 1,
                Ok(false) => failed += 1,
                Err(_) => panicked += 1,
            }
        }
        assert_eq!((served, failed, panicked), (ASKING - 2, 1, 1));
        assert_eq!((attempts.load(Ordering::SeqCst), made.load(Ordering::SeqCst)), (3, 1));
        assert!(flights.under_way().is_empty(), "nothing is left behind");
    }
}
