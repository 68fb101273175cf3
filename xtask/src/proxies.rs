//! `cargo xtask proxies`: `sockeye serve` mounted under a path behind three proxies, each
//! with the configuration that `docs/operating.md` prints. What a visitor sees there is in
//! `conformance/proxies`; this file installs, starts and counts.

mod printed;
mod software;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::built::{Target, built, judged_server};
use crate::install;
use crate::interop::identity::Identity;
use crate::pages::judge;
use crate::process::{Outcome, SKIPPED, root};
use crate::program::Program;
use crate::proxies::printed::{MOUNT, SOCKET, SOCKEYE, Text};
use crate::proxies::software::{PROXIES, Place, Proxy};

const HELP: &str = "\
cargo xtask proxies [OPTIONS]

  --server PROGRAM   judge this program instead of `sockeye`; it is called like it
";

/// Where the configurations are printed.
const GUIDE: &str = "docs/operating.md";

/// What the server waits before it asks a silent client, for which a proxy has the patience of
/// [`software::PATIENCE`].
const PING_INTERVAL: &str = "1s";

/// How long a connection is silent: twice the patience of the proxies.
const SILENCE_MS: &str = "6000";

/// How long a visit may take; each check has a limit of its own.
const SCRIPT_LIMIT: Duration = Duration::from_secs(120);

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let Some(server) = judged_server(args, HELP)? else {
        return Ok(());
    };
    let trial = Trial {
        node: install::node_packages(&root().join("conformance/interop"))?,
        server,
        identity: Identity::make(&built(Target::Example("interop_authority"))?)?,
        guide: install::read(&root().join(GUIDE))?,
    };
    let mut faults = Vec::new();
    let mut skipped = None;
    for proxy in &PROXIES {
        println!("{}", proxy.name);
        // The others are asked all the same.
        match trial.visit(proxy) {
            Ok(()) => {}
            Err(why) if why.starts_with(SKIPPED) => skipped = Some(why),
            Err(why) => faults.push(format!("{}: {why}", proxy.name)),
        }
    }
    match (faults.as_slice(), skipped) {
        ([], None) => Ok(()),
        ([], Some(why)) => Err(why),
        (faults, _) => Err(faults.join("\n")),
    }
}

/// What every proxy is tried with.
struct Trial {
    node: PathBuf,
    server: PathBuf,
    identity: Identity,
    guide: String,
}

impl Trial {
    /// Starts the server and the proxy, and has the visitor go through the checks.
    fn visit(&self, proxy: &Proxy) -> Outcome {
        let place = Place::new(&self.identity)?;
        let software = proxy.find()?;
        let (_server, direct) = self.start(&place)?;
        let text = Text::in_guide(&self.guide, proxy.fence)?;
        let (_proxy, trusted) = proxy.start(&software, text, &place)?;
        let plain = if proxy.is_plain_too {
            format!("http://localhost:{}{MOUNT}/", place.plain_port)
        } else {
            "-".to_owned()
        };
        let mut visitor = Command::new(&self.node);
        visitor
            .env("NODE_EXTRA_CA_CERTS", trusted)
            .arg(root().join("conformance/proxies/visitor.mjs"))
            .arg(format!("https://localhost:{}{MOUNT}/", place.secure_port))
            .args([&plain, &direct])
            .arg(place.file("log"))
            .arg(SILENCE_MS);
        let (lines, success) = Program::start(&mut visitor)?.finish(SCRIPT_LIMIT)?;
        judge(&lines, success)
    }

    /// The server, with the configuration of the guide, and where it is without a proxy.
    fn start(&self, place: &Place) -> Result<(Program, String), String> {
        let mut text = Text::in_guide(&self.guide, SOCKEYE)?;
        // Besides, for who comes without the proxy.
        let listen = format!("\"unix:{SOCKET}\"");
        text.replace(&listen, &format!("\"127.0.0.1:0\", {listen}"))?;
        text.replace(SOCKET, &place.shown("socket"))?;
        place.write("sockeye.toml", text.as_str())?;
        let log = place.file("log");
        let log = File::create(&log).map_err(|error| format!("cannot write the log: {error}"))?;
        let mut server = Command::new(&self.server);
        server
            .args(["serve", "--log-format", "json"])
            .args(["--websocket-ping-interval", PING_INTERVAL])
            .arg("--config")
            .arg(place.file("sockeye.toml"))
            .stderr(log);
        Program::start_server(&mut server)
    }
}
