//! The certificate of a server: the two flags that name it, and its way from the files. Owns the
//! rule that there are both or none.

use std::path::{Path, PathBuf};

use sockeye::ServerTls;
use sockeye_server::settings::{LateFault, Sources};
use sockeye_server::{Options, read_regular};

use crate::failure::Failure;
use crate::values::file_by;

/// The setting that names the certificate.
const CERT: &str = "cert";

/// The setting that names its key.
const KEY: &str = "key";

/// What is wrong, and the setting that named the file.
type Wrong = (&'static str, Failure);

/// What `--cert` and `--key` name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificate {
    pub(crate) chain: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

impl Certificate {
    /// The words about `--cert` and `--key` in the help of each verb that has them.
    pub(crate) const CHAIN_HELP: &str = "speak TLS with this certificate chain (PEM)";
    pub(crate) const KEY_HELP: &str = "the private key of the certificate (PEM)";

    /// Those that a server's options name.
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            chain: options.cert.clone(),
            key: options.key.clone(),
        }
    }

    /// TLS with these files; none, if there are none.
    pub(crate) fn tls(&self) -> Result<Option<ServerTls>, Failure> {
        self.load_tls().map_err(|(_, failure)| failure)
    }

    /// The same, of a server's options: what is wrong is told with the place of its setting.
    pub(crate) fn tls_of(&self, sources: &Sources) -> Result<Option<ServerTls>, Failure> {
        self.load_tls().map_err(|wrong| placed(wrong, sources))
    }

    fn load_tls(&self) -> Result<Option<ServerTls>, Wrong> {
        match (&self.chain, &self.key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => load(chain, key, ServerTls::from_pem).map(Some),
            _ => Err((CERT, Failure::usage("--cert and --key go together"))),
        }
    }

    /// Shows what is in the files now to everyone who connects from now on. What is wrong is told
    /// with the place of its setting.
    pub(crate) fn reload(&self, tls: &ServerTls, sources: &Sources) -> Result<(), Failure> {
        match (&self.chain, &self.key) {
            (Some(chain), Some(key)) => {
                let loaded = load(chain, key, |chain, key| tls.reload_pem(chain, key));
                loaded.map_err(|wrong| placed(wrong, sources))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong, with the place of its setting first.
fn placed((setting, failure): Wrong, sources: &Sources) -> Failure {
    let fault = LateFault::new(setting, failure.to_string());
    Failure::Run(sources.place(&fault))
}

/// What `make` makes of the content of both files.
fn load<T>(
    chain_path: &Path,
    key_path: &Path,
    make: impl FnOnce(&[u8], &[u8]) -> sockeye::Result<T>,
) -> Result<T, Wrong> {
    let of = |setting| move |failure| (setting, failure);
    let certificates = file_by(read_regular, "the certificate", chain_path).map_err(of(CERT))?;
    let key = file_by(read_regular, "the private key", key_path).map_err(of(KEY))?;
    make(&certificates, &key).map_err(|error| {
        let (chain, key) = (chain_path.display(), key_path.display());
        if error.is_private_key() {
            return (KEY, Failure::run(format!("cannot use {key}"), &error));
        }
        let what = format!("cannot use {chain} and {key}");
        (CERT, Failure::run(what, &error))
    })
}
