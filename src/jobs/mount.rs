//! Which file system a library folder is on, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
//!
//! Told to people who wonder why changes are not noticed or a folder is empty; nothing is decided by it.

use crate::status::Mount;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// What is mounted where `folder` is; nothing where the system does not tell.
pub(super) fn of(folder: &Path) -> Option<Mount> {
    let folder = fs::canonicalize(folder).ok()?;
    within(&fs::read("/proc/self/mountinfo").ok()?, &folder)
}

/// The last mount in this table on the way to `folder`: a later one covers those before it.
fn within(table: &[u8], folder: &Path) -> Option<Mount> {
    let mounts = table.split(|byte| *byte == b'\n').filter_map(mount);
    let leading = mounts.filter(|mount| folder.starts_with(&mount.at));
    leading.enumerate().max_by_key(|(index, mount)| (mount.at.components().count(), *index)).map(|(_, mount)| mount)
}

/// A line: `36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/sda1 rw`; any number of words before the dash.
fn mount(line: &[u8]) -> Option<Mount> {
    let mut words = line.split(|byte| *byte == b' ');
    let (at, options) = (words.nth(4)?, words.next()?);
    let file_system = words.skip_while(|word| *word != b"-").nth(1)?;
    Some(Mount {
        at: plain(at),
        file_system: String::from_utf8_lossy(file_system).into_owned(),
        read_only: options.split(|byte| *byte == b',').any(|option| option == b"ro"),
    })
}

/// A path as it is: the table writes blanks and backslashes as `\` and three octal digits.
fn plain(word: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        30 22 0:40 / /mnt/films ro,nosuid shared:2 master:1 - nfs4 nas:/films rw,vers=4.2\n\
        31 22 0:41 / /mnt/my\\040films rw - fuse.sshfs me@nas:/ rw\n\
        32 22 0:42 / /mnt/films rw - cifs //nas/films rw\n\
        broken line\n";

    fn at(folder: &str) -> Option<(PathBuf, String, bool)> {
        let mount = within(TABLE.as_bytes(), Path::new(folder))?;
        Some((mount.at, mount.file_system, mount.read_only))
    }

    fn is(at: &str, file_system: &str) -> Option<(PathBuf, String, bool)> {
        Some((at.into(), file_system.to_owned(), false))
    }

    #[test]
    fn the_nearest_mount_counts_and_the_last_of_those_in_one_place() {
        assert_eq!(at("/home/me/videos"), is("/", "ext4"));
        assert_eq!(at("/mnt/films/new"), is("/mnt/films", "cifs"));
        assert_eq!(at("/mnt/films2"), is("/", "ext4"));
        assert_eq!(at("/mnt/my films"), is("/mnt/my films", "fuse.sshfs"));
        assert_eq!(within(b"", Path::new("/")).map(|mount| mount.at), None);
    }

    #[test]
    fn what_may_not_be_written_is_said() {
        let first_two = TABLE.lines().take(2).collect::<Vec<_>>().join("\n");
        assert!(within(first_two.as_bytes(), Path::new("/mnt/films")).is_some_and(|mount| mount.read_only));
    }

    #[test]
    fn the_table_of_this_system_is_understood() {
        assert!(of(Path::new("/")).is_some_and(|mount| !mount.file_system.is_empty()));
    }
}
