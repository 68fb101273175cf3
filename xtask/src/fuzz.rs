//! `cargo xtask fuzz [TARGET..] [--seconds S] [--smoke]`: runs the targets of `fuzz/` with
//! cargo-fuzz on the stable compiler.
//!
//! Sanitizers need a nightly compiler; coverage, which finds the inputs, does not, and the crates
//! under test have next to no `unsafe`. Each run starts from the committed seeds in
//! `fuzz/seeds/TARGET` and keeps what it finds in `fuzz/corpus/TARGET`, which is not committed.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{self, Outcome};
use crate::tools;

/// The release of cargo-fuzz that these flags were tried with.
const CARGO_FUZZ: &str = "0.13.2";
const SECONDS_DEFAULT: u64 = 60;
const SECONDS_SMOKE: u64 = 10;
/// An input that takes longer than this is a finding.
const INPUT_SECONDS_MAX: u64 = 5;
/// A target that needs more memory than this is a finding.
const MEMORY_MIB_MAX: u64 = 512;

/// What was asked for on the command line.
#[derive(Debug, Eq, PartialEq)]
struct Options {
    /// Empty for all.
    targets: Vec<String>,
    seconds: u64,
    /// Only the numbers at the end and what goes wrong.
    quiet: bool,
}

/// Runs the targets one after the other and stops at the first finding.
pub(crate) fn run(args: &[String]) -> Outcome {
    let options = Options::parse(args)?;
    let folder = process::root().join("fuzz");
    let targets = chosen(&targets(&folder)?, &options.targets)?;
    for target in &targets {
        fuzz(&folder, target, &options)?;
    }
    let names = targets.join(", ");
    println!("fuzz: {names}: {} s each, no finding", options.seconds);
    Ok(())
}

impl Options {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut options = Self {
            targets: Vec::new(),
            seconds: SECONDS_DEFAULT,
            quiet: false,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--smoke" => {
                    options.seconds = SECONDS_SMOKE;
                    options.quiet = true;
                }
                "--seconds" => {
                    let value = args.next().ok_or("--seconds needs a number")?;
                    let seconds = value.parse();
                    options.seconds =
                        seconds.map_err(|_| format!("--seconds `{value}` is no number"))?;
                }
                flag if flag.starts_with('-') => return Err(format!("unknown flag `{flag}`")),
                target => options.targets.push(target.to_owned()),
            }
        }
        Ok(options)
    }
}

/// The targets that `fuzz/fuzz_targets` holds, sorted.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let folder = folder.join("fuzz_targets");
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut targets = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        targets.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    targets.sort();
    Ok(targets)
}

fn chosen(all: &[String], wanted: &[String]) -> Result<Vec<String>, String> {
    if let Some(unknown) = wanted.iter().find(|target| !all.contains(target)) {
        return Err(format!(
            "no target `{unknown}`; there are {}",
            all.join(", ")
        ));
    }
    Ok(if wanted.is_empty() { all } else { wanted }.to_vec())
}

/// `cargo fuzz` of the release that we know.
fn cargo_fuzz() -> Result<Command, String> {
    tools::subcommand("fuzz", CARGO_FUZZ)
}

fn fuzz(folder: &Path, target: &str, options: &Options) -> Outcome {
    let corpus = folder.join("corpus").join(target);
    let seeds = folder.join("seeds").join(target);
    fs::create_dir_all(&corpus)
        .map_err(|error| format!("cannot make {}: {error}", corpus.display()))?;
    if !seeds.is_dir() {
        return Err(format!(
            "target `{target}` has no seeds in {}",
            seeds.display()
        ));
    }
    let mut command = cargo_fuzz()?;
    command.args(["run", "--sanitizer", "none", "--fuzz-dir"]);
    command.arg(folder).arg(target).arg(corpus).arg(seeds);
    command.args(["--", "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={}", options.seconds));
    command.arg(format!("-verbosity={}", u8::from(!options.quiet)));
    command.arg(format!("-timeout={INPUT_SECONDS_MAX}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"));
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::parse(&args)
    }

    #[test]
    fn options_are_read_in_any_order() {
        let options = parse(&["frame", "--seconds", "7", "close"]).unwrap();
        assert_eq!(options.targets, ["frame", "close"]);
        assert_eq!(options.seconds, 7);
        assert_eq!(parse(&[]).unwrap().seconds, SECONDS_DEFAULT);
        assert_eq!(parse(&["--smoke"]).unwrap().seconds, SECONDS_SMOKE);
    }

    #[test]
    fn bad_options_name_the_value() {
        assert!(parse(&["--seconds", "x"]).unwrap_err().contains("`x`"));
        assert!(parse(&["--seconds"]).is_err());
        assert!(parse(&["--fast"]).unwrap_err().contains("`--fast`"));
    }

    #[test]
    fn unknown_target_is_refused_with_those_there_are() {
        let all = ["close".to_owned(), "frame".to_owned()];
        assert_eq!(chosen(&all, &[]).unwrap(), all);
        assert_eq!(chosen(&all, &all[1..]).unwrap(), ["frame"]);
        let refused = chosen(&all, &["x".to_owned()]).unwrap_err();
        assert!(refused.contains("`x`") && refused.contains("close, frame"));
    }
}
