//! Who speaks: a signed token (RFC 7519) in a header or a cookie, and the identity in it. Owns
//! where a token may stand and in which order it is judged. Nothing of a token ever reaches a log
//! or an answer but which rule it breaks.

mod claims;
mod denied;
#[cfg(any(test, feature = "hostile"))]
pub(crate) mod hostile;
mod keys;
#[cfg(any(test, feature = "hostile"))]
pub(crate) mod signing;
mod token;

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::HeaderMap;

use crate::bearer::bearer;
use crate::cookies::{Ambiguous, cookie};
use crate::faults::Faults;
use crate::options::AuthOptions;

pub use claims::Identity;
pub(crate) use denied::Denied;
use keys::Keys;

/// Judges tokens by the keys and the rules of the options.
#[derive(Debug)]
pub(crate) struct Auth {
    options: AuthOptions,
    /// Replaced as a whole when the files are read again.
    keys: RwLock<Arc<Keys>>,
}

impl Auth {
    /// None, where no key is named: then nobody has an identity.
    ///
    /// # Errors
    /// If there is no key and everybody must have an identity; for each file that cannot be read,
    /// or has no key that is good for anything.
    pub(crate) fn new(options: &AuthOptions) -> Result<Option<Self>, Faults> {
        if options.secret_file.is_none() && options.jwks_file.is_none() {
            return if options.required {
                let what = "tokens are required, and there is no key to verify them with";
                Err(io::Error::new(io::ErrorKind::InvalidInput, what).into())
            } else {
                Ok(None)
            };
        }
        let keys = RwLock::new(Arc::new(Keys::read(options)?));
        let options = options.clone();
        Ok(Some(Self { options, keys }))
    }

    /// Reads the files again; what is wrong with them changes nothing.
    pub(crate) fn reload(&self) -> io::Result<()> {
        let keys = Arc::new(Keys::read(&self.options).map_err(Faults::first)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Who sent `headers`, by the token in them; nobody, if there is none and none is required.
    pub(crate) fn identify(
        &self,
        headers: &HeaderMap,
        now: SystemTime,
    ) -> Result<Option<Identity>, Denied> {
        let Some(token) = self.token(headers)? else {
            return if self.options.required {
                Err(Denied::Missing)
            } else {
                Ok(None)
            };
        };
        let keys = Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        let payload = token::verify(token, &keys)?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        claims::check(&payload, &self.options, now).map(Some)
    }

    /// The token: of the header, which only programs can set, or else of the cookie.
    fn token<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a str>, Denied> {
        if let Some(token) = bearer(headers)? {
            return Ok(Some(token));
        }
        let value = cookie(headers, &self.options.cookie).map_err(|Ambiguous| Denied::Ambiguous)?;
        Ok(value.map(|value| value.trim_matches('"')))
    }
}

#[cfg(test)]
mod tests;
