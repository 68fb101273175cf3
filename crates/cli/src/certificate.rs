//! The certificate of a server: the two flags that name it, and its way from the files. Owns the
//! rule that there are both or none.

use std::path::PathBuf;

use sockeye::ServerTls;

use crate::failure::{Failure, chain};
use crate::values::file;

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

    /// TLS with these files; none, if there are none.
    pub(crate) fn tls(&self) -> Result<Option<ServerTls>, Failure> {
        let (chain_path, key_path) = match (&self.chain, &self.key) {
            (None, None) => return Ok(None),
            (Some(chain), Some(key)) => (chain, key),
            _ => return Err(Failure::usage("--cert and --key go together")),
        };
        let certificates = file("the certificate", chain_path)?;
        let key = file("the private key", key_path)?;
        let tls = ServerTls::from_pem(&certificates, &key);
        tls.map(Some).map_err(|error| {
            let files = format!("{} and {}", chain_path.display(), key_path.display());
            Failure::Run(format!("cannot use {files}: {}", chain(&error)))
        })
    }
}
