//! Why TLS failed, in words for whoever has to repair it. Owns these words; rustls's own, which
//! have the details, are the source.

use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage};

/// Whether `error` is TLS's own, and not the network's.
pub(super) fn is_tls(error: &io::Error) -> bool {
    inner(error).is_some()
}

fn inner(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// What failed.
pub(super) fn reason(error: &io::Error) -> &'static str {
    match inner(error) {
        Some(rustls::Error::InvalidCertificate(error)) => certificate(error),
        Some(rustls::Error::AlertReceived(alert)) => received(*alert),
        Some(rustls::Error::NoCertificatesPresented) => "the peer shows no certificate",
        Some(rustls::Error::NoApplicationProtocol) => NO_HTTP,
        Some(rustls::Error::PeerIncompatible(_)) => NOTHING_IN_COMMON,
        Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            "the peer does not speak TLS"
        }
        Some(rustls::Error::DecryptError) => "a record was damaged on its way",
        _ => "the peer breaks the rules of TLS",
    }
}

const NO_HTTP: &str = "the two sides have no protocol in common inside TLS (ALPN)";
const NOTHING_IN_COMMON: &str = "the two sides have no version or cipher of TLS in common";

/// A certificate that the peer showed and that is not accepted here.
fn certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::UnknownIssuer => {
            "the certificate is self-signed, or its issuer is not trusted"
        }
        CertificateError::BadSignature => {
            "the certificate is not signed by the issuer that it names"
        }
        CertificateError::Revoked => "the certificate was revoked",
        CertificateError::Other(error) if error.to_string().contains("CaUsedAsEndEntity") => {
            "the certificate is that of an issuer, which no server may use as its own"
        }
        _ => "the certificate cannot be accepted",
    }
}

/// What the peer does not like.
fn received(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::CertificateRequired => "the server wants a client certificate",
        AlertDescription::NoApplicationProtocol => NO_HTTP,
        AlertDescription::HandshakeFailure
        | AlertDescription::InsufficientSecurity
        | AlertDescription::ProtocolVersion => NOTHING_IN_COMMON,
        AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::UnsupportedCertificate => "the peer does not accept our certificate",
        AlertDescription::UnrecognisedName => "the server does not know the name it was asked for",
        _ => "the peer gave up",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn reason_is_given_for_what_tls_says_and_not_for_the_network() {
        let tls = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let expired = tls(rustls::Error::InvalidCertificate(CertificateError::Expired));
        assert!(is_tls(&expired));
        assert_eq!(reason(&expired), "the certificate has expired");
        let alert = tls(rustls::Error::AlertReceived(AlertDescription::UnknownCA));
        assert_eq!(reason(&alert), "the peer does not accept our certificate");
        assert!(!is_tls(&io::ErrorKind::ConnectionReset.into()));
        assert!(!is_tls(&io::Error::other("not TLS")));
    }

    /// The left column of the tables in the guide.
    fn told() -> BTreeSet<&'static str> {
        let guide = include_str!("../../../../docs/tls.md");
        let (_, tables) = guide.split_once("| the text says |").unwrap();
        let rows = tables.lines().take_while(|line| !line.starts_with("## "));
        let cells = rows.filter_map(|row| row.strip_prefix("| ")?.split(" | ").next());
        cells.filter(|cell| *cell != "the text says").collect()
    }

    /// The texts in `source` up to its tests: literals that are sentences.
    fn texts(source: &'static str) -> impl Iterator<Item = &'static str> {
        let code = source.split("#[cfg(test)]").next().unwrap();
        let code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let literals = code.flat_map(|line| line.split('"').skip(1).step_by(2));
        literals.filter(|literal| literal.matches(' ').count() >= 2)
    }

    /// Fails if the guide does not say what to do about an error, or tells of one that there is
    /// not.
    #[test]
    fn guide_has_each_text_and_no_other() {
        let said: BTreeSet<_> = [
            include_str!("tls.rs"),
            include_str!("../tls/client.rs"),
            include_str!("../tls/pem.rs"),
            include_str!("../tls/server.rs"),
        ]
        .into_iter()
        .flat_map(texts)
        .collect();
        assert_eq!(said, told());
    }
}
