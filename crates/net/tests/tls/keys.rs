//! Private keys that cannot be used: each is told as what it is, with its line, as the fault of the
//! key and not of the certificates.

use super::authority::Authority;
use crate::support::words::words;

/// If this fails, somebody with such a key looks for a fault in his certificate, or for a key that
/// he can see in the file.
#[test]
fn key_that_cannot_be_used_is_told_with_its_reason_and_line() {
    let identity = Authority::new().issue("localhost");
    let certificate = identity.certificate.as_bytes();
    let cut = identity.key.replace("-----END PRIVATE KEY-----", "");
    let no_der = "x\n-----BEGIN PRIVATE KEY-----\nYQ==\n-----END PRIVATE KEY-----\n";
    let encrypted = "x\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nYQ==\n\
                     -----END ENCRYPTED PRIVATE KEY-----\n";
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
               DEK-Info: AES-128-CBC,A6C1\n\nYQ==\n-----END RSA PRIVATE KEY-----\n";
    for (key, part) in [
        (
            encrypted,
            "the private key is encrypted: in the block that begins at line 2",
        ),
        (
            old,
            "the private key is encrypted: in the block that begins at line 1",
        ),
        (
            no_der,
            "cannot be used: in the block that begins at line 2: it is damaged, or not RSA",
        ),
        (&cut, "line 1: there is no line -----END PRIVATE KEY-----"),
    ] {
        let error = sockeye::ServerTls::from_pem(certificate, key.as_bytes()).unwrap_err();
        let words = words(&error);
        assert!(words.contains(part), "{words}");
        assert!(error.is_private_key() && error.is_misuse(), "{words}");
    }
    // A good one beside it is taken.
    let both = format!("{encrypted}{}", identity.key);
    assert!(sockeye::ServerTls::from_pem(certificate, both.as_bytes()).is_ok());
}
