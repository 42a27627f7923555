//! Places for work that reads the log or takes long: so much of it at once and no more, where waiting is allowed.

use events::log::ReadError;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// So many places. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct Places(Arc<Semaphore>);

impl Places {
    /// Places for this much work at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Does `work` when there is a place for it.
    ///
    /// # Errors
    /// [`ReadError`]: that of the work; [`ReadError::Storage`] when it panics.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        // The semaphore is never closed, so there is always a place to wait for.
        let place = Arc::clone(&self.0).acquire_owned().await;
        let work = move || {
            // Held by the work, which goes on when nobody waits for it any more.
            let _place = place;
            work()
        };
        spawn_blocking(work).await.unwrap_or_else(|panicked| Err(ReadError::Storage(Box::new(panicked))))
    }
}
