//! Says whether the compiler knows AVX-512, as Rust does from 1.89 on; `wide` does without it where
//! not. Owns only that question; a compiler that does not answer it is taken for an old one.

use std::env;
use std::process::Command;

/// The first minor version of Rust 1 with AVX-512.
const MINOR_MIN: u32 = 89;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(sockeye_avx512)");
    if minor().is_some_and(|minor| minor >= MINOR_MIN) {
        println!("cargo::rustc-cfg=sockeye_avx512");
    }
}

/// The 95 of `rustc 1.95.0 (...)`.
fn minor() -> Option<u32> {
    let output = Command::new(env::var_os("RUSTC")?)
        .arg("--version")
        .output();
    let said = String::from_utf8(output.ok()?.stdout).ok()?;
    let version = said.strip_prefix("rustc 1.")?;
    version.split('.').next()?.parse().ok()
}
