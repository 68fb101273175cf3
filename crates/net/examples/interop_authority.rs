//! An authority for tests between programs: writes its certificate `ca.pem`, and a certificate
//! `cert.pem` with its `key.pem` for a server at `localhost` and at further names, into a
//! directory.
//!
//! The authority's own key is not kept, so nobody can issue more in its name.
//!
//! `cargo run -p sockeye --example interop_authority -- DIRECTORY [NAME..]`

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer};
use rcgen::{KeyPair, KeyUsagePurpose, date_time_ymd};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let directory = args.next().ok_or("no directory is given")?;
    let names = ["localhost", "127.0.0.1"].map(str::to_owned).into_iter();
    let names: Vec<String> = names.chain(args).collect();
    let directory = PathBuf::from(directory);

    let mut authority = params(Vec::new(), "an authority of a test run")?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = KeyPair::generate()?;
    let root = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);

    let mut server = params(names, "a server of a test run")?;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Strict verifiers want to be told whose key signed it.
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &issuer)?;

    fs::write(directory.join("ca.pem"), root.pem())?;
    fs::write(directory.join("cert.pem"), certificate.pem())?;
    fs::write(directory.join("key.pem"), key.serialize_pem())?;
    Ok(())
}

fn params(names: Vec<String>, common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    // An example sees no clock that all verifiers would agree with.
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    Ok(params)
}
