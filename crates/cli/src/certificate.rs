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

/// All that is wrong, never none.
type Wrongs = Vec<Wrong>;

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
        self.load_tls().map_err(|wrongs| first(wrongs).1)
    }

    /// The same, of a server's options: what is wrong is told with the place of its setting.
    pub(crate) fn tls_of(&self, sources: &Sources) -> Result<Option<ServerTls>, Failure> {
        self.load_tls().map_err(|wrongs| placed(wrongs, sources))
    }

    /// All that is wrong with both files.
    pub(crate) fn faults(&self) -> Vec<io::Error> {
        let wrongs = self.load_tls().err().unwrap_or_default();
        let faults = wrongs.iter().map(late_fault);
        faults.map(io::Error::other).collect()
    }

    fn load_tls(&self) -> Result<Option<ServerTls>, Wrongs> {
        match (&self.chain, &self.key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => load(chain, key, ServerTls::from_pem).map(Some),
            _ => {
                let usage = Failure::usage("--cert and --key go together");
                Err(vec![(CERT, usage)])
            }
        }
    }

    /// Shows what is in the files now to everyone who connects from now on. What is wrong is told
    /// with the place of its setting.
    pub(crate) fn reload(&self, tls: &ServerTls, sources: &Sources) -> Result<(), Failure> {
        match (&self.chain, &self.key) {
            (Some(chain), Some(key)) => {
                let loaded = load(chain, key, |chain, key| tls.reload_pem(chain, key));
                loaded.map_err(|wrongs| placed(wrongs, sources))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong first, with the place of its setting.
fn placed(wrongs: Wrongs, sources: &Sources) -> Failure {
    Failure::Run(sources.place(&late_fault(&first(wrongs))))
}

fn late_fault((setting, failure): &Wrong) -> LateFault {
    LateFault::new(setting, failure.to_string())
}

fn first(wrongs: Wrongs) -> Wrong {
    let nothing = || (CERT, Failure::Run("nothing is wrong".to_owned()));
    wrongs.into_iter().next().unwrap_or_else(nothing)
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
                return vec![(KEY, Failure::run(format!("cannot use {key}"), &error))];
            }
            let what = format!("cannot use {chain} and {key}");
            vec![(CERT, Failure::run(what, &error))]
        }),
        (chain, key) => {
            let wrongs = [(CERT, chain.err()), (KEY, key.err())];
            let wrongs = wrongs.into_iter();
            Err(wrongs
                .filter_map(|(setting, failure)| Some((setting, failure?)))
                .collect())
        }
    }
}
