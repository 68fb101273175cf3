//! Files that tests write for a server to read. Owns that each is one test's alone, and gone with
//! it; tests from outside have this file as well.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A file with this in it.
    pub(crate) fn of(content: &[u8]) -> Self {
        let file = Self::none();
        std::fs::write(&file.0, content).expect("the folder of such files can be written");
        file
    }

    /// A path at which there is nothing yet.
    pub(crate) fn none() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sockeye-server-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // What another process of this number left behind.
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // One that is left behind fails no test.
        let _ = std::fs::remove_file(&self.0);
    }
}
