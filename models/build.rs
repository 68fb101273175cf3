//! Says to the sources of the library that their locks are loom's. Nothing else is built here.

fn main() {
    println!("cargo::rustc-cfg=sockeye_loom");
    println!("cargo::rerun-if-changed=build.rs");
}
