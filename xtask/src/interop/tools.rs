//! The peers' software, installed as far as that can be done, and the commands that start it.

mod version;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::install;
use crate::interop::identity::Identity;
use crate::interop::rows::Peer;
use crate::process::root;

/// Debian's Ruby, which finds Debian's libraries.
const RUBY: &str = "/usr/bin/ruby";

/// Where Debian puts libraries in Java.
const JARS: &str = "/usr/share/java";

/// What a server and a client with WebSockets are made of.
const JETTY_JARS: [&str; 13] = [
    "jetty9-client",
    "jetty9-http",
    "jetty9-io",
    "jetty9-security",
    "jetty9-server",
    "jetty9-util",
    "jetty9-xml",
    "jetty9-websocket-api",
    "jetty9-websocket-client",
    "jetty9-websocket-common",
    "jetty9-websocket-server",
    "jetty9-websocket-servlet",
    "servlet-api",
];

/// Nothing here runs long enough to be worth the better compiler.
const JAVA_STARTS_FAST: &str = "-XX:TieredStopAtLevel=1";

/// What was asked for so far: a part is installed once, or its lack is told once.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    peers: Vec<(Peer, Result<PeerProgram, String>)>,
}

/// A peer that can be started as a client or as a server.
#[derive(Clone, Debug)]
pub(crate) struct PeerProgram {
    /// The interpreter with what it needs before the name of a script; none, if that is compiled.
    interpreter: Vec<OsString>,
    /// The script's name, the same in both folders.
    script: &'static str,
    /// The browser that the script drives.
    browser: Option<PathBuf>,
    /// What the peer calls its version.
    pub(crate) version: String,
}

impl Tools {
    /// The program of a peer, or why it cannot be had.
    pub(crate) fn peer(&mut self, peer: Peer) -> Result<PeerProgram, String> {
        if let Some((_, known)) = self.peers.iter().find(|(known, _)| *known == peer) {
            return known.clone();
        }
        let installed = install(peer);
        self.peers.push((peer, installed.clone()));
        installed
    }
}

/// Installs what is missing of a peer.
fn install(peer: Peer) -> Result<PeerProgram, String> {
    match peer {
        Peer::Chromium => browser("chromium", "chromium.mjs"),
        Peer::Firefox => browser("firefox-esr", "firefox.mjs"),
        Peer::EmWebsocket => {
            install::debian_libraries(&["ruby", "ruby-em-websocket"])?;
            let version = version::of_debian_package("ruby-em-websocket")?;
            Ok(PeerProgram::new(
                vec![RUBY.into()],
                "em_websocket.rb",
                version,
            ))
        }
        Peer::Jetty => jetty(),
        Peer::Libwebsockets => libwebsockets(),
        Peer::PythonWebsockets => python("python_websockets.py", "websockets"),
        Peer::Pywebsocket3 => python("pywebsocket3_echo.py", "pywebsocket3"),
        Peer::Tornado => python("tornado_echo.py", "tornado"),
        Peer::Undici => node("undici.mjs", version::of_node_package("undici")?),
        Peer::Ws => node("ws.mjs", version::of_node_package("ws")?),
    }
}

fn node(script: &'static str, version: String) -> Result<PeerProgram, String> {
    let node = install::node_packages(&scripts())?;
    Ok(PeerProgram::new(vec![node.into()], script, version))
}

/// A browser that Debian's package of the same name has; certutil tells it whom to trust.
fn browser(name: &str, script: &'static str) -> Result<PeerProgram, String> {
    install::program("certutil", &["libnss3-tools"])?;
    let browser = install::program(name, &[name])?;
    let version = version::said_by(&browser)?;
    Ok(PeerProgram {
        browser: Some(browser),
        ..node(script, version)?
    })
}

fn python(script: &'static str, package: &str) -> Result<PeerProgram, String> {
    let files = ["requirements-build.txt", "requirements.txt"];
    let requirements = files.map(|file| scripts().join(file));
    let python = install::python_environment("interop", &requirements, &[], |_| Ok(()))?;
    let version = version::of_python_package(package)?;
    Ok(PeerProgram::new(vec![python.into()], script, version))
}

/// Scripts in Java are compiled when they start.
fn jetty() -> Result<PeerProgram, String> {
    install::program("javac", &["default-jdk-headless"])?;
    install::debian_libraries(&["libjetty9-java", "libjetty9-extra-java"])?;
    let version = version::of_debian_package("libjetty9-java")?;
    let jars = JETTY_JARS.map(|name| format!("{JARS}/{name}.jar"));
    let interpreter = ["java", JAVA_STARTS_FAST, "-cp", &jars.join(":")];
    let interpreter = interpreter.map(OsString::from).to_vec();
    Ok(PeerProgram::new(interpreter, "Jetty.java", version))
}

/// Programs in C are compiled when their source has changed.
fn libwebsockets() -> Result<PeerProgram, String> {
    install::debian_libraries(&["libwebsockets-dev"])?;
    let version = version::of_debian_package("libwebsockets-dev")?;
    for folder in ["clients", "servers"] {
        let source = scripts().join(folder).join("libwebsockets.c");
        let headers = [scripts().join("lib/checks.h")];
        let libraries = ["-lwebsockets", "-lpthread"];
        let name = format!("{folder}-libwebsockets");
        install::c_program(&name, &source, &headers, &libraries)?;
    }
    Ok(PeerProgram::new(Vec::new(), "libwebsockets", version))
}

impl PeerProgram {
    fn new(interpreter: Vec<OsString>, script: &'static str, version: String) -> Self {
        Self {
            interpreter,
            script,
            browser: None,
            version,
        }
    }

    /// The peer as a client of the server at `url`, which trusts the authority of `identity`: the
    /// variables are those that OpenSSL and Node read by themselves.
    pub(crate) fn client(&self, url: &str, identity: &Identity) -> Command {
        let mut command = self.start("clients");
        command.arg(url).args(&self.browser);
        for variable in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
            command.env(variable, identity.authority());
        }
        command
    }

    /// The peer as a server, with or without compression; over TLS, if it has something to show.
    pub(crate) fn server(&self, deflate: bool, identity: Option<&Identity>) -> Command {
        let mut command = self.start("servers");
        command.arg(if deflate { "deflate" } else { "off" });
        if let Some(identity) = identity {
            command.arg(identity.certificate()).arg(identity.key());
        }
        command
    }

    fn start(&self, folder: &str) -> Command {
        let script = if self.interpreter.is_empty() {
            install::c_program_path(&format!("{folder}-{}", self.script))
        } else {
            scripts().join(folder).join(self.script)
        };
        let mut words = self.interpreter.iter().cloned().chain([script.into()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }
}

/// Where the scripts are.
fn scripts() -> PathBuf {
    root().join("conformance/interop")
}
