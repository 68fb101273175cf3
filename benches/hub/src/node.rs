//! Node's ws, in a process of its own with receivers of its own. Owns how it is asked.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bench_fanout::{Companion, Receivers};
use tokio::time::sleep;

/// Between two looks whether everybody is there.
const LOOK: Duration = Duration::from_millis(50);

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ws.mjs");

/// A room of it.
#[derive(Debug)]
pub(crate) struct NodeRoom {
    companion: Companion,
}

impl NodeRoom {
    /// Starts `node` with the package `ws` that is installed in `dir`, and has `count` receivers
    /// come in.
    pub(crate) async fn open(
        node: &Path,
        dir: &Path,
        count: usize,
    ) -> Result<(Self, Receivers), Box<dyn Error>> {
        let mut companion = Companion::start(Command::new(node).arg(SCRIPT).arg(dir)).await?;
        let port = companion.ask("listen").await?.parse()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let receivers = Receivers::start(count, address).await?;
        while companion.ask("count").await? != count.to_string() {
            sleep(LOOK).await;
        }
        Ok((Self { companion }, receivers))
    }

    /// Has it send `text` `depth` times at once to everybody, and all of that `times` times; the
    /// CPU time of its process in microseconds.
    pub(crate) async fn send(
        &mut self,
        text: &str,
        times: usize,
        depth: usize,
    ) -> Result<f64, Box<dyn Error>> {
        let question = format!("send {times} {depth} {text}");
        Ok(self.companion.ask(&question).await?.parse()?)
    }
}
