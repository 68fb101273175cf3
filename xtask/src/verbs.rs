//! The verbs of `cargo xtask`: one list from which both the help and the dispatch come.

use crate::process::Outcome;
use crate::{
    api, articles, autobahn, bench, chats, deny, features, fuzz, guide, interop, limits, lint,
    models, msrv, object, pages, proxies, semver, spec, test, tidy,
};

/// A verb and what it does.
struct Verb {
    name: &'static str,
    /// One line for the help.
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

const VERBS: [Verb; 22] = [
    verb(
        "test",
        "all tests, installing what they need (what CI runs)",
        test::run,
    ),
    verb(
        "lint",
        "rustfmt, clippy, features, deny and tidy",
        lint::run,
    ),
    verb("ci", "lint and test", ci),
    verb(
        "tidy",
        "the rules of the tree: imports, headers, sizes",
        tidy::run,
    ),
    verb(
        "api",
        "the public interface against its committed lists",
        api::run,
    ),
    verb(
        "limits",
        "the page of all bounds, as the source has them",
        limits::run,
    ),
    verb(
        "semver",
        "what the libraries' types promise, against a revision",
        semver::run,
    ),
    verb(
        "deny",
        "licences, bans and sources of dependencies",
        deny::run,
    ),
    verb(
        "features",
        "the library with each of its features alone",
        features::run,
    ),
    verb(
        "msrv",
        "whether the oldest compiler that we promise will do",
        msrv::run,
    ),
    verb(
        "spec",
        "every MUST of the RFCs with its code and its test",
        spec::run,
    ),
    verb("fuzz", "run fuzz targets", fuzz::run),
    verb(
        "models",
        "the write queue and the server's mail in every order of their threads, with loom",
        models::run,
    ),
    verb(
        "autobahn",
        "the Autobahn suite, both directions",
        autobahn::run,
    ),
    verb(
        "interop",
        "other people's clients and servers",
        interop::run,
    ),
    verb(
        "guide",
        "what guides tell people to type, where it needs a program",
        guide::run,
    ),
    verb(
        "chats",
        "other people's clients in the server's chats",
        chats::run,
    ),
    verb(
        "proxies",
        "the server behind nginx, HAProxy and Caddy",
        proxies::run,
    ),
    verb("pages", "the server's pages in a browser", pages::run),
    verb(
        "object",
        "the WebSocket object's scripts in a browser",
        object::run,
    ),
    verb(
        "articles",
        "the articles' scripts, where those are given",
        articles::run,
    ),
    verb(
        "bench",
        "measure against rivals in the same run",
        bench::run,
    ),
];

const fn verb(name: &'static str, about: &'static str, run: fn(&[String]) -> Outcome) -> Verb {
    Verb { name, about, run }
}

/// Runs the verb `name`; `None` if there is none of that name.
pub(crate) fn run(name: &str, args: &[String]) -> Option<Outcome> {
    let verb = VERBS.iter().find(|verb| verb.name == name)?;
    Some((verb.run)(args))
}

/// What `cargo xtask help` prints.
pub(crate) fn help() -> String {
    let line = |verb: &Verb| format!("  {:<10} {}\n", verb.name, verb.about);
    let verbs: String = VERBS.iter().map(line).collect();
    format!("cargo xtask VERB [ARGS]\n\n{verbs}")
}

/// Both halves are asked, so that one run tells everything that is wrong.
fn ci(args: &[String]) -> Outcome {
    let lint = lint::run(args);
    let test = test::run(args);
    match (lint, test) {
        (Err(lint), Err(test)) => Err(format!("lint: {lint}; test: {test}")),
        (lint, test) => lint.and(test),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_in_the_help() {
        for verb in VERBS {
            assert!(
                help().contains(&format!("\n  {} ", verb.name)),
                "{}",
                verb.name
            );
        }
    }

    #[test]
    fn unknown_verb_is_none() {
        assert!(run("fly", &[]).is_none());
    }
}
