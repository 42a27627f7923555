//! How tasks and answers cross the socket: a length, a line of JSON, and for each picture a length and its bytes. A task
//! brings the open file along (`SCM_RIGHTS`, unix(7)), so that no path crosses. All lengths are bounded where they are
//! read. What an answer says is judged in `verify`.

use super::made::{Failure, Made, Task};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// A task is a few words.
const MAX_TASK_BYTES: usize = 1 << 10;

/// The line of an answer is longest for a film with many chapters.
const MAX_LINE_BYTES: usize = 2 << 20;

/// One picture, at most.
const MAX_PICTURE_BYTES: usize = 8 << 20;

/// What the child says first: that it is one, and has its limits.
const GREETING: [u8; 4] = *b"lvs1";

/// What comes of a task.
pub(super) type Answer = Result<Made, Failure>;

/// Sends `task` and the `file` it is about.
///
/// # Errors
/// Whatever the socket says.
pub(super) fn send_task(mut socket: &UnixStream, task: Task, file: &File) -> io::Result<()> {
    let frame = framed(&task, MAX_TASK_BYTES)?;
    let files = [file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    beside.push(SendAncillaryMessage::ScmRights(&files));
    let sent = sendmsg(socket, &[IoSlice::new(&frame)], &mut beside, SendFlags::NOSIGNAL)?;
    socket.write_all(frame.get(sent..).unwrap_or_default())
}

/// Waits for the next task and its file; nothing when the other side has closed the socket.
///
/// # Errors
/// Whatever the socket says, or what comes is no task with a file.
pub(super) fn receive_task(mut socket: &UnixStream) -> io::Result<Option<(Task, File)>> {
    let mut len = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(&mut len)], &mut beside, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            received => break received?,
        }
    };
    if received.bytes == 0 {
        return Ok(None);
    }
    let mut files = beside.drain().filter_map(|message| {
        if let RecvAncillaryMessage::ScmRights(mut files) = message { files.next() } else { None }
    });
    let file = files.next().map(File::from).ok_or_else(|| nonsense("a task comes with a file"))?;
    socket.read_exact(len.get_mut(received.bytes..).unwrap_or_default())?;
    let task = line(&mut socket, len, MAX_TASK_BYTES)?;
    Ok(Some((task, file)))
}

/// Says that tasks can come.
///
/// # Errors
/// Whatever `to` says.
pub(super) fn write_greeting(to: &mut impl Write) -> io::Result<()> {
    to.write_all(&GREETING)
}

/// Waits until tasks can be sent.
///
/// # Errors
/// Whatever `from` says; [`io::ErrorKind::InvalidData`] for anything else that is said.
pub(super) fn read_greeting(from: &mut impl Read) -> io::Result<()> {
    match four(from)? {
        GREETING => Ok(()),
        _ => Err(nonsense("it is another program")),
    }
}

/// Writes an answer.
///
/// # Errors
/// Whatever `to` says.
pub(super) fn write_answer(to: &mut impl Write, answer: &Answer) -> io::Result<()> {
    to.write_all(&framed(answer, MAX_LINE_BYTES)?)?;
    for picture in answer.iter().flat_map(Made::pictures) {
        to.write_all(&length(picture.bytes.len(), MAX_PICTURE_BYTES)?)?;
        to.write_all(&picture.bytes)?;
    }
    to.flush()
}

/// Reads an answer.
///
/// # Errors
/// Whatever `from` says; [`io::ErrorKind::InvalidData`] for what is no answer.
pub(super) fn read_answer(from: &mut impl Read) -> io::Result<Answer> {
    let len = four(from)?;
    let mut answer: Answer = line(from, len, MAX_LINE_BYTES)?;
    if let Ok(made) = &mut answer {
        for picture in made.pictures_mut() {
            let len = four(from)?;
            picture.bytes = bytes(from, len, MAX_PICTURE_BYTES)?;
        }
    }
    Ok(answer)
}

/// The length and the line for `value`.
fn framed(value: &impl Serialize, limit: usize) -> io::Result<Vec<u8>> {
    let line = serde_json::to_vec(value)?;
    let mut frame = Vec::with_capacity(4 + line.len());
    frame.extend(length(line.len(), limit)?);
    frame.extend(line);
    Ok(frame)
}

fn length(len: usize, limit: usize) -> io::Result<[u8; 4]> {
    let len = u32::try_from(len).ok().filter(|_| len <= limit).ok_or_else(|| nonsense("it is too long to be sent"))?;
    Ok(len.to_le_bytes())
}

fn four(from: &mut impl Read) -> io::Result<[u8; 4]> {
    let mut four = [0; 4];
    from.read_exact(&mut four)?;
    Ok(four)
}

fn line<T: DeserializeOwned>(from: &mut impl Read, len: [u8; 4], limit: usize) -> io::Result<T> {
    let line = bytes(from, len, limit)?;
    serde_json::from_slice(&line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn bytes(from: &mut impl Read, len: [u8; 4], limit: usize) -> io::Result<Vec<u8>> {
    let len = usize::try_from(u32::from_le_bytes(len)).ok().filter(|len| *len <= limit);
    let mut bytes = vec![0; len.ok_or_else(|| nonsense("a part is longer than any"))?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn nonsense(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
