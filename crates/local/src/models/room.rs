//! Who changes the folder, and whether there is room for a file.

use std::fs::{File, TryLockError};

use super::error::failed;
use super::{ModelError, ModelFile, Models};

/// The file that whoever changes the folder has locked.
const LOCK: &str = ".lock";

/// The right to change the folder. The kernel takes it back however the process ends.
pub(super) struct Held {
    _file: File,
}

impl Models {
    /// Takes the right to change the folder, unless somebody has it.
    pub(super) fn hold(&self) -> Result<Held, ModelError> {
        let path = self.folder.join(LOCK);
        let io = |source| ModelError::Io { path: path.clone(), source };
        std::fs::create_dir_all(&self.folder).map_err(io)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Held { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ModelError::Busy { folder: self.folder.clone() }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Refuses a file that the disk has no room for, when `have` bytes of it are there, before it is filled.
    pub(super) fn check_room(&self, file: &ModelFile, have: u64) -> Result<(), ModelError> {
        let Some(bytes) = file.bytes() else { return Ok(()) };
        let space = nix::sys::statvfs::statvfs(&self.folder);
        let space = space.map_err(|error| failed(file, &self.folder, error.into()))?;
        let free = space.blocks_available().saturating_mul(space.fragment_size());
        if free < bytes.saturating_sub(have) {
            return Err(ModelError::DiskFull { name: file.name, bytes: Some(bytes) });
        }
        Ok(())
    }
}
