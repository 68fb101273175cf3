//! The proxies: which package each is in, what of its printed configuration is replaced, what is
//! put around it. Found where the machine has them, or unpacked from Debian's packages, so that no
//! service is installed or started.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::debian::Unpacked;
use crate::install;
use crate::interop::identity::Identity;
use crate::process::{Outcome, missing};
use crate::program::Program;
use crate::proxies::printed::{SOCKET, Text};
use crate::scratch::Scratch;

/// How long nothing may be sent before a proxy gives up, instead of what the guide says.
pub(super) const PATIENCE: &str = "3s";
/// What the guide says.
const PRINTED_PATIENCE: &str = "75s";

/// How long a proxy may take until it can be connected to, and how often that is tried.
const START_LIMIT: Duration = Duration::from_secs(20);
const START_INTERVAL: Duration = Duration::from_millis(20);

/// What is put around nginx's block: it is run as no service, by whoever runs the verb.
const NGINX: &str = "\
daemon off;
master_process off;
pid DIR/pid;
events {}
http {
access_log off;
client_body_temp_path DIR/body;
proxy_temp_path DIR/proxy;
fastcgi_temp_path DIR/fastcgi;
uwsgi_temp_path DIR/uwsgi;
scgi_temp_path DIR/scgi;
";

/// What is put before Caddy's block: certificates by an authority of its own, in place of one that
/// would have to see this machine.
const CADDY: &str = "\
{
    admin off
    local_certs
    skip_install_trust
    auto_https disable_redirects
    default_bind 127.0.0.1
    https_port PORT
}
";

/// A proxy.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) name: &'static str,
    /// The word behind the fence of its configuration in the guide.
    pub(super) fence: &'static str,
    /// Whether the guide has it listen without TLS as well.
    pub(super) is_plain_too: bool,
    /// Where Debian's package puts the program.
    path: &'static str,
    prepare: fn(Text, &Place) -> Result<Prepared, String>,
}

/// How a proxy is called.
#[derive(Debug)]
struct Prepared {
    configuration: String,
    args: Vec<String>,
    /// The authority that its visitors have to trust.
    trusted: PathBuf,
}

/// Those that the guide names.
pub(super) const PROXIES: [Proxy; 3] = [
    Proxy {
        name: "nginx",
        fence: "nginx",
        is_plain_too: true,
        path: "usr/sbin/nginx",
        prepare: nginx,
    },
    Proxy {
        name: "haproxy",
        fence: "haproxy",
        is_plain_too: true,
        path: "usr/sbin/haproxy",
        prepare: haproxy,
    },
    Proxy {
        name: "caddy",
        fence: "caddyfile",
        is_plain_too: false,
        path: "usr/bin/caddy",
        prepare: caddy,
    },
];

/// What one proxy and the server behind it are given: a directory, ports, certificates.
#[derive(Debug)]
pub(super) struct Place {
    directory: Scratch,
    certificate: PathBuf,
    key: PathBuf,
    authority: PathBuf,
    pub(super) plain_port: u16,
    pub(super) secure_port: u16,
}

impl Place {
    pub(super) fn new(identity: &Identity) -> Result<Self, String> {
        let taken = |error: std::io::Error| format!("no port is free: {error}");
        // Proxies do not tell which port they were given: these were free a moment ago. Both are
        // held until both are known, or they might be one.
        let sockets = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0"));
        let [plain, secure] = sockets;
        let port = |socket: &TcpListener| socket.local_addr().map(|address| address.port());
        let (plain, secure) = (plain.map_err(taken)?, secure.map_err(taken)?);
        Ok(Self {
            directory: Scratch::directory("proxies")?,
            certificate: identity.certificate(),
            key: identity.key(),
            authority: identity.authority(),
            plain_port: port(&plain).map_err(taken)?,
            secure_port: port(&secure).map_err(taken)?,
        })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Outcome {
        std::fs::write(self.file(name), text)
            .map_err(|error| format!("cannot write {name}: {error}"))
    }

    pub(super) fn shown(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }
}

impl Proxy {
    /// Where it is, fetching it first where it is nowhere.
    pub(super) fn find(&self) -> Result<Found, String> {
        if let Some(path) = install::find(self.name) {
            return Ok(Found::Installed(path));
        }
        let unpacked = Unpacked::named(self.name);
        if !unpacked.file(self.path).is_file() {
            let fetched = unpacked.fetch(|_| Ok(vec![self.name.to_owned()]));
            fetched.map_err(|why| missing(&format!("{}: {why}", self.name)))?;
        }
        Ok(Found::Unpacked(unpacked))
    }

    /// Starts it with `text` where the guide's places are those of `place`; gives the authority
    /// that visitors trust as well.
    pub(super) fn start(
        &self,
        found: &Found,
        mut text: Text,
        place: &Place,
    ) -> Result<(Program, PathBuf), String> {
        text.replace(SOCKET, &place.shown("socket"))?;
        let prepared = (self.prepare)(text, place)?;
        place.write("proxy", &prepared.configuration)?;
        let said = place.file("proxy-said");
        let file = File::create(&said)
            .map_err(|error| format!("cannot make {}: {error}", said.display()))?;
        let mut command = match found {
            Found::Installed(path) => Command::new(path),
            Found::Unpacked(unpacked) => unpacked.program(self.path),
        };
        // Caddy keeps its authority there.
        command.env("XDG_DATA_HOME", place.file("data"));
        command.env("XDG_CONFIG_HOME", place.file("data"));
        let program = Program::start(command.args(&prepared.args).stderr(file))?;
        let came = wait(place.secure_port, &prepared.trusted);
        came.map_err(|why| {
            let said = std::fs::read_to_string(&said).unwrap_or_default();
            format!("{why}; it said: {said}")
        })?;
        Ok((program, prepared.trusted))
    }
}

/// Where a proxy was found.
#[derive(Debug)]
pub(super) enum Found {
    Installed(PathBuf),
    Unpacked(Unpacked),
}

/// Waits until somebody listens at `port`, and the file that visitors trust is there.
fn wait(port: u16, trusted: &Path) -> Outcome {
    let end = Instant::now() + START_LIMIT;
    while TcpStream::connect(("127.0.0.1", port)).is_err() || !trusted.is_file() {
        if Instant::now() > end {
            return Err(format!("the proxy does not listen at port {port}"));
        }
        thread::sleep(START_INTERVAL);
    }
    Ok(())
}

fn nginx(mut text: Text, place: &Place) -> Result<Prepared, String> {
    let Place {
        plain_port,
        secure_port,
        ..
    } = place;
    text.replace("listen 80;", &format!("listen 127.0.0.1:{plain_port};"))?;
    let secure = format!("listen 127.0.0.1:{secure_port} ssl;");
    text.replace("listen 443 ssl;", &secure)?;
    text.replace("example.com;", "localhost;")?;
    let chain = place.certificate.display().to_string();
    text.replace("/etc/ssl/example.com.pem", &chain)?;
    let key = place.key.display().to_string();
    text.replace("/etc/ssl/private/example.com.key", &key)?;
    text.replace(PRINTED_PATIENCE, PATIENCE)?;
    let directory = place.directory.path().display().to_string();
    let before = NGINX.replace("DIR", &directory);
    let args = [
        "-p",
        &directory,
        "-c",
        &place.shown("proxy"),
        "-e",
        "stderr",
    ];
    Ok(Prepared {
        configuration: format!("{before}{}}}\n", text.as_str()),
        args: args.map(str::to_owned).to_vec(),
        trusted: place.authority.clone(),
    })
}

fn haproxy(mut text: Text, place: &Place) -> Result<Prepared, String> {
    let mut both = install::read(&place.certificate)?;
    both.push_str(&install::read(&place.key)?);
    place.write("both.pem", &both)?;
    let plain = format!("bind 127.0.0.1:{}", place.plain_port);
    text.replace("bind :80", &plain)?;
    let secure = format!("bind 127.0.0.1:{}", place.secure_port);
    text.replace("bind :443", &secure)?;
    text.replace("/etc/haproxy/example.com.pem", &place.shown("both.pem"))?;
    text.replace(PRINTED_PATIENCE, PATIENCE)?;
    let args = ["-db", "-f", &place.shown("proxy")];
    Ok(Prepared {
        configuration: text.as_str().to_owned(),
        args: args.map(str::to_owned).to_vec(),
        trusted: place.authority.clone(),
    })
}

fn caddy(mut text: Text, place: &Place) -> Result<Prepared, String> {
    text.replace("example.com {", "localhost {")?;
    let before = CADDY.replace("PORT", &place.secure_port.to_string());
    let file = place.shown("proxy");
    let args = ["run", "--adapter", "caddyfile", "--config", &file];
    Ok(Prepared {
        configuration: format!("{before}{}", text.as_str()),
        args: args.map(str::to_owned).to_vec(),
        trusted: place.file("data/caddy/pki/authorities/local/root.crt"),
    })
}
