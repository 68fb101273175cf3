//! The certificate of a server: the two flags that name it, and its way from the files. Owns the
//! rule that there are both or none.

use std::io;
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

/// What is wrong with one file, and with the other.
type Wrongs = (Wrong, Option<Wrong>);

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
        self.load_tls().map_err(|((_, failure), _)| failure)
    }

    /// The same, of a server's options: what is wrong is told with the place of its setting.
    pub(crate) fn tls_of(&self, sources: &Sources) -> Result<Option<ServerTls>, Failure> {
        self.load_tls().map_err(|wrongs| placed(&wrongs, sources))
    }

    /// All that is wrong with both files.
    pub(crate) fn faults(&self) -> Vec<io::Error> {
        let Err((one, other)) = self.load_tls() else {
            return Vec::new();
        };
        let wrongs = [Some(&one), other.as_ref()].into_iter().flatten();
        wrongs.map(late_fault).map(io::Error::other).collect()
    }

    fn load_tls(&self) -> Result<Option<ServerTls>, Wrongs> {
        match (&self.chain, &self.key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => load(chain, key, ServerTls::from_pem).map(Some),
            _ => {
                let usage = Failure::usage("--cert and --key go together");
                Err(((CERT, usage), None))
            }
        }
    }

    /// Shows what is in the files now to everyone who connects from now on. What is wrong is told
    /// with the place of its setting.
    pub(crate) fn reload(&self, tls: &ServerTls, sources: &Sources) -> Result<(), Failure> {
        match (&self.chain, &self.key) {
            (Some(chain), Some(key)) => {
                let loaded = load(chain, key, |chain, key| tls.reload_pem(chain, key));
                loaded.map_err(|wrongs| placed(&wrongs, sources))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong first, with the place of its setting.
fn placed((first, _): &Wrongs, sources: &Sources) -> Failure {
    Failure::Run(sources.place(&late_fault(first)))
}

fn late_fault((setting, failure): &Wrong) -> LateFault {
    LateFault::new(setting, failure.to_string())
}

/// What `make` makes of the content of both files.
fn load<T>(
    chain_path: &Path,
    key_path: &Path,
    make: impl FnOnce(&[u8], &[u8]) -> sockeye::Result<T>,
) -> Result<T, Wrongs> {
    let chain = file_by(read_regular, "the certificate", chain_path);
    let key = file_by(read_regular, "the private key", key_path);
    match (chain, key) {
        (Ok(chain), Ok(key)) => make(&chain, &key).map_err(|error| {
            let (chain, key) = (chain_path.display(), key_path.display());
            if error.is_private_key() {
                let failure = Failure::run(format!("cannot use {key}"), &error);
                return ((KEY, failure), None);
            }
            let failure = Failure::run(format!("cannot use {chain} and {key}"), &error);
            ((CERT, failure), None)
        }),
        (Err(chain), key) => Err(((CERT, chain), key.err().map(|failure| (KEY, failure)))),
        (Ok(_), Err(key)) => Err(((KEY, key), None)),
    }
}
