//! Whoever is sent to, as the bench sees them: a process of their own, so that their open files are
//! not the bench's. Owns nothing of the time that is measured.

use std::io;
use std::net::SocketAddr;
use std::process::Command;

use crate::companion::Companion;
use crate::crowd;

/// A process of them.
#[derive(Debug)]
pub struct Receivers {
    companion: Companion,
}

impl Receivers {
    /// Has `count` of them connect to `address`, one after the other; it does not wait for that.
    ///
    /// # Errors
    /// If their process does not start.
    pub async fn start(count: usize, address: SocketAddr) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([crowd::WORD, &count.to_string(), &address.to_string()]);
        let companion = Companion::start(&mut command).await?;
        Ok(Self { companion })
    }

    /// Waits until nothing is on its way to them.
    ///
    /// # Errors
    /// If they have ended.
    pub async fn wait_until_quiet(&mut self) -> io::Result<()> {
        self.companion.ask("quiet").await.map(|_| ())
    }
}
