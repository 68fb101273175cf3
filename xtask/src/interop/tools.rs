//! The peers' software, installed as far as that can be done, and the commands that start it.

use std::path::PathBuf;
use std::process::Command;

use crate::install;
use crate::interop::rows::Peer;
use crate::process::root;

/// What is installed; of the rest, why not.
#[derive(Debug)]
pub(crate) struct Tools {
    browser: Result<PathBuf, String>,
    node: Result<PathBuf, String>,
    python: Result<PathBuf, String>,
}

/// A peer that can be started as a client or as a server.
#[derive(Debug)]
pub(crate) struct PeerProgram {
    program: PathBuf,
    script: &'static str,
    /// The browser that the script drives.
    browser: Option<PathBuf>,
}

impl Tools {
    /// Installs what is missing.
    pub(crate) fn install() -> Self {
        let dir = scripts();
        let requirements = [dir.join("requirements.txt")];
        Self {
            browser: install::program("chromium", &["chromium"]),
            node: install::node_packages(&dir),
            python: install::python_environment("interop", &requirements, &[], |_| Ok(())),
        }
    }

    /// The program of a peer, or why it cannot be had.
    pub(crate) fn command(&self, peer: Peer) -> Result<PeerProgram, String> {
        let (program, script) = match peer {
            Peer::Chromium => (&self.node, "chromium.mjs"),
            Peer::PythonWebsockets => (&self.python, "python_websockets.py"),
            Peer::Tornado => (&self.python, "tornado_echo.py"),
            Peer::Undici => (&self.node, "undici.mjs"),
            Peer::Ws => (&self.node, "ws.mjs"),
        };
        let browser = match peer {
            Peer::Chromium => Some(self.browser.clone()?),
            _ => None,
        };
        Ok(PeerProgram {
            program: program.clone()?,
            script,
            browser,
        })
    }
}

impl PeerProgram {
    /// The peer as a client of the server at `url`.
    pub(crate) fn client(&self, url: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(scripts().join("clients").join(self.script));
        command.arg(url).args(&self.browser);
        command
    }

    /// The peer as a server, with or without compression.
    pub(crate) fn server(&self, deflate: bool) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(scripts().join("servers").join(self.script));
        command.arg(if deflate { "deflate" } else { "off" });
        command
    }
}

fn scripts() -> PathBuf {
    root().join("conformance/interop")
}
