//! The side that does the work: takes tasks from the socket that is its standard input, one after the other, until that
//! is closed.

use super::made::{Failure, Made, Task};
use super::{frame, inside, limits};
use std::any::Any;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Serves the process that started this one, until it has no more tasks.
///
/// # Errors
/// The limits cannot be set, or the standard input is not such a socket.
pub fn serve() -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    limits::apply()?;
    frame::write_greeting(&mut &socket)?;
    while let Some((task, file)) = frame::receive_task(&socket)? {
        limits::allow(task)?;
        let answer = made(&file, task);
        drop(file);
        frame::write_answer(&mut &socket, &answer)?;
    }
    Ok(())
}

fn made(file: &File, task: Task) -> Result<Made, Failure> {
    // Nothing outlives the task, so nothing half done is seen by the next.
    catch_unwind(AssertUnwindSafe(|| inside::make(file, task))).unwrap_or_else(|panic| {
        Err(Failure {
            stage: task.stage(),
            reason: format!("the decoder gave up: {}", message(panic.as_ref())),
            decoder: String::new(),
        })
    })
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why")
}
