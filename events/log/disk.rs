//! How much room the disk has. The log stops writing while there is still some: the storage engine
//! needs it to tidy up, and so does the person who has to repair things.

use std::io;
use std::path::Path;

/// The reserve on a disk of ordinary size.
const RESERVE_BYTES: u64 = 512 << 20;
/// On a small disk, this part of it instead.
const RESERVE_PART: u64 = 20;

/// Room on a disk, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Space {
    /// What this program may still use.
    pub(super) free_bytes: u64,
    /// All of it.
    total_bytes: u64,
}

impl Space {
    /// The room on the disk that holds `path`.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let stat = rustix::fs::statvfs(path)?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Ok(Self { free_bytes: bytes(stat.f_bavail), total_bytes: bytes(stat.f_blocks) })
    }

    /// The reserve when none was chosen: 512 MiB, or a twentieth of a smaller disk than 10 GiB.
    pub(super) fn usual_reserve_bytes(self) -> u64 {
        RESERVE_BYTES.min(self.total_bytes / RESERVE_PART)
    }
}

#[cfg(test)]
mod tests {
    use super::Space;

    #[test]
    fn a_small_disk_has_a_small_reserve() {
        let reserve = |total_bytes| Space { free_bytes: 0, total_bytes }.usual_reserve_bytes();
        assert_eq!(reserve(1 << 40), 512 << 20);
        assert_eq!(reserve(64 << 20), (64 << 20) / 20);
    }
}
