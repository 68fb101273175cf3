//! The servers of a bench: which there are, and how each is started.

use std::process::Command;

use crate::bench::programs::{Programs, pinned};
use crate::bench::running::{Process, Running};
use crate::bench::scenario::{Framing, Scenario};

/// The server that all others are related to.
pub(crate) const YARDSTICK: &str = "raw-tokio";

/// The same program once more: how far its ratio is from 1 is what the machine adds.
pub(crate) const CONTROL: &str = "raw-tokio-control";

/// Ours.
pub(crate) const OURS: &str = "sockeye";

/// Other people's crates.
const RIVALS: [&str; 6] = [
    "fastwebsockets",
    "sockudo-ws",
    "tokio-tungstenite",
    "tokio-websockets",
    "web-socket",
    "yawc",
];

/// Those of them that can compress.
const DEFLATING_RIVALS: [&str; 2] = ["sockudo-ws", "yawc"];

/// Those of them that are measured over TLS, and opening connections.
const TLS_RIVALS: [&str; 3] = ["sockudo-ws", "tokio-tungstenite", "yawc"];

/// Above every message that is sent, as the rivals have it too.
const MESSAGE_LEN_MAX: &str = "2G";

/// A server as a bench knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    pub(crate) label: String,
    /// What the generator has to send it.
    pub(crate) framing: Framing,
    ours: bool,
    /// Its arguments, the name of a server of ours or of the rivals' program first.
    arguments: Vec<String>,
    /// So many processes share the connections.
    copies: usize,
    /// Whether it speaks TLS.
    tls: bool,
}

impl Contender {
    /// A raw echo.
    pub(crate) fn raw(label: &str, server: &str) -> Self {
        Self {
            label: label.to_owned(),
            framing: Framing::Raw,
            ours: false,
            arguments: vec![server.to_owned()],
            copies: 1,
            tls: false,
        }
    }

    /// Our echo server on its ordinary interface.
    pub(crate) fn ours(label: &str, framing: Framing, threads: usize) -> Self {
        let mut arguments: Vec<String> = [
            "echo",
            "--listen",
            "127.0.0.1:0",
            "--max-message",
            MESSAGE_LEN_MAX,
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend(["--threads".to_owned(), threads.to_string()]);
        arguments.extend(deflate_arguments(framing));
        Self {
            label: label.to_owned(),
            framing,
            ours: true,
            arguments,
            copies: 1,
            tls: false,
        }
    }

    fn rival(server: &str, framing: Framing) -> Self {
        let mut arguments = vec![server.to_owned()];
        arguments.extend(deflate_arguments(framing));
        Self {
            label: server.to_owned(),
            framing,
            ours: false,
            arguments,
            copies: 1,
            tls: false,
        }
    }

    /// The same server by another name.
    pub(crate) fn labelled(self, label: String) -> Self {
        Self { label, ..self }
    }

    /// As many processes instead of one, which share nothing but the connections.
    pub(crate) fn copies(self, copies: usize) -> Self {
        Self { copies, ..self }
    }

    /// The same server in TLS.
    fn over_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// Everybody who can take what `scenario` sends.
    pub(crate) fn all_for(scenario: &Scenario) -> Vec<Self> {
        if scenario.tls {
            Self::all_over_tls()
        } else {
            Self::all(scenario.framing)
        }
    }

    /// Everybody over TLS: the yardstick and its control first.
    pub(crate) fn all_over_tls() -> Vec<Self> {
        let rivals = TLS_RIVALS.map(|rival| Self::rival(rival, Framing::Plain));
        Self::few(rivals).map(Self::over_tls).collect()
    }

    /// Everybody who makes the opening handshake as their crate does it, over TLS or TCP: the
    /// yardstick and its control first, which make none.
    pub(crate) fn all_opening(tls: bool) -> Vec<Self> {
        let rivals = TLS_RIVALS.map(|rival| {
            let mut rival = Self::rival(rival, Framing::Plain);
            rival
                .arguments
                .extend(["--opening", "own"].map(str::to_owned));
            rival
        });
        Self::few(rivals)
            .map(|contender| Self { tls, ..contender })
            .collect()
    }

    /// The yardstick, its control, ours, and `rivals`.
    fn few(rivals: [Self; 3]) -> impl Iterator<Item = Self> {
        let first = [
            Self::raw(YARDSTICK, "raw-tokio"),
            Self::raw(CONTROL, "raw-tokio"),
            Self::ours(OURS, Framing::Plain, 1),
        ];
        first.into_iter().chain(rivals)
    }

    /// Everybody who can take `framing`: the yardstick and its control first.
    pub(crate) fn all(framing: Framing) -> Vec<Self> {
        let rivals = if framing.deflates() {
            &DEFLATING_RIVALS[..]
        } else {
            &RIVALS
        };
        let mut all = vec![
            Self::raw(YARDSTICK, "raw-tokio"),
            Self::raw(CONTROL, "raw-tokio"),
            Self::raw("raw-epoll", "raw-epoll"),
            Self::ours(OURS, framing, 1),
        ];
        all.extend(rivals.iter().map(|rival| Self::rival(rival, framing)));
        all
    }

    /// How it is started, without where.
    fn command_line(&self, programs: &Programs) -> Vec<String> {
        let program = if self.ours {
            &programs.sockeye
        } else {
            &programs.servers
        };
        let mut words = vec![program.to_string_lossy().into_owned()];
        words.extend(self.arguments.iter().cloned());
        if self.tls {
            let certificate = &programs.certificate;
            for (flag, file) in [
                ("--cert", certificate.chain()),
                ("--key", certificate.key()),
            ] {
                words.extend([flag.to_owned(), file]);
            }
        }
        words
    }

    /// Starts it on `cores`.
    pub(crate) fn start(self, programs: &Programs, cores: &str) -> Result<Running, String> {
        let mut command = pinned(cores);
        command.args(self.command_line(programs));
        let processes = (0..self.copies).map(|_| Process::start(&mut command));
        let processes = processes.collect::<Result<_, _>>();
        self.running(programs, processes)
    }

    /// Starts it on `cores` under a program that runs the rest of its line, such as strace.
    pub(crate) fn start_under(
        self,
        watcher: &[&str],
        programs: &Programs,
        cores: &str,
    ) -> Result<Running, String> {
        let launcher = pinned(cores);
        let mut command = Command::new(watcher[0]);
        command
            .args(&watcher[1..])
            .arg(launcher.get_program())
            .args(launcher.get_args())
            .args(self.command_line(programs));
        let process = Process::start(&mut command).map(|process| vec![process]);
        self.running(programs, process)
    }

    fn running(
        self,
        programs: &Programs,
        processes: Result<Vec<Process>, String>,
    ) -> Result<Running, String> {
        Ok(Running {
            chain: self.tls.then(|| programs.certificate.chain()),
            processes: processes.map_err(|error| format!("{}: {error}", self.label))?,
            framing: self.framing,
            label: self.label,
        })
    }
}

fn deflate_arguments(framing: Framing) -> Vec<String> {
    if framing.deflates() {
        vec!["--deflate".to_owned(), framing.word().to_owned()]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{CONTROL, Contender, OURS, YARDSTICK};
    use crate::bench::scenario::Framing;

    fn labels(framing: Framing) -> Vec<String> {
        Contender::all(framing)
            .into_iter()
            .map(|contender| contender.label)
            .collect()
    }

    #[test]
    fn yardstick_comes_first_then_its_control() {
        let labels = labels(Framing::Plain);
        assert_eq!(labels[..2], [YARDSTICK, CONTROL]);
        assert_eq!(labels.len(), 10);
    }

    #[test]
    fn only_rivals_open_connections_in_a_way_of_their_own() {
        for tls in [false, true] {
            let all = Contender::all_opening(tls);
            assert_eq!(all[0].label, YARDSTICK);
            assert!(all.iter().all(|contender| contender.tls == tls));
            let own = |contender: &&Contender| contender.arguments.contains(&"own".to_owned());
            assert_eq!(all.iter().filter(own).count(), 3);
            assert!(!own(&&all[2]) && all[2].label == OURS);
        }
        assert!(Contender::all_over_tls().iter().all(|one| one.tls));
    }

    #[test]
    fn only_servers_that_compress_are_compared_compressing() {
        assert_eq!(
            labels(Framing::DeflateTakeover)[3..],
            [OURS, "sockudo-ws", "yawc"]
        );
        let ours = Contender::ours(OURS, Framing::DeflateNoTakeover, 1);
        assert!(ours.arguments.join(" ").ends_with("--deflate no-takeover"));
    }
}
