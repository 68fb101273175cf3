//! `sockeye run`: a browser's script in the terminal. Owns what the page is said to be. How one
//! page runs, or many, is told elsewhere.

mod alone;
mod person;
mod words;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use sockeye::ClientTls;
use sockeye::web::Options;

use crate::failure::{Failure, chain};
use crate::flags::{Flag, Operand, Syntax, Takes, Verb};
use crate::limits::CA_LEN_MAX;
use crate::load::Load;
use crate::script::{Job, Script};
use crate::values::file;

use words::{Place, ascii_origin, page_address, place, seconds, span, users};

/// The flags of `sockeye run`.
#[derive(Debug, Default)]
pub(crate) struct Run {
    script: PathBuf,
    base: Option<String>,
    origin: Option<String>,
    ca: Option<PathBuf>,
    places: Vec<Place>,
    time_limit: Option<Duration>,
    exposes_gc: bool,
    users: Option<NonZeroUsize>,
    ramp: Duration,
    json: bool,
    click_at_end: Option<String>,
    args: Vec<String>,
}

const FLAGS: [Flag<Run>; 10] = [
    Flag {
        name: "base",
        takes: Takes::Value("URL", |run, value| {
            run.base = Some(value.to_owned());
            Ok(())
        }),
        help: "the address of the page, for relative URLs and the origin",
    },
    Flag {
        name: "origin",
        takes: Takes::Value("ORIGIN", |run, value| {
            run.origin = Some(value.to_owned());
            Ok(())
        }),
        help: "the origin of the page, such as https://example.com [the server's]",
    },
    Flag {
        name: "ca",
        takes: Takes::Value("FILE", |run, value| {
            run.ca = Some(value.into());
            Ok(())
        }),
        help: "trust these certificates (PEM) for wss, not the system's",
    },
    Flag {
        name: "resolve",
        takes: Takes::Value("HOST:PORT=ADDR:PORT", |run, value| {
            let new = place(value)?;
            let is_known = |old: &Place| old.host == new.host && old.port == new.port;
            if run.places.iter().any(is_known) {
                return Err("be given once for each host and port");
            }
            run.places.push(new);
            Ok(())
        }),
        help: "look for a host there; repeat it for more",
    },
    Flag {
        name: "timeout",
        takes: Takes::Value("SECONDS", |run, value| {
            run.time_limit = Some(seconds(value)?);
            Ok(())
        }),
        help: "stop the script after so long, endless loops included",
    },
    Flag {
        name: "click-at-end",
        takes: Takes::Value("ID", |run, value| {
            run.click_at_end = Some(value.to_owned());
            Ok(())
        }),
        help: "click this element of the page when the input ends",
    },
    Flag {
        name: "expose-gc",
        takes: Takes::Nothing(|run| run.exposes_gc = true),
        help: "let the script call gc(), which collects what nothing refers to",
    },
    Flag {
        name: "users",
        takes: Takes::Value("N", |run, value| {
            run.users = Some(users(value)?);
            Ok(())
        }),
        help: "a load test: so many users at once, each with globals of its own",
    },
    Flag {
        name: "ramp",
        takes: Takes::Value("TIME", |run, value| {
            run.ramp = span(value)?;
            Ok(())
        }),
        help: "start the users evenly over this time, such as 10s [0s]",
    },
    Flag {
        name: "json",
        takes: Takes::Nothing(|run| run.json = true),
        help: "print the summary of a load test as JSON",
    },
];

impl Verb for Run {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "run",
        about: "a browser's script: WebSocket, timers and console, to its end",
        operand: Some(Operand {
            name: "SCRIPT",
            set: |run, value| {
                run.script = value.into();
                Ok(())
            },
        }),
        flags: &FLAGS,
        keep: None,
        notes: "\
The script is a classic one, in the global scope; a name that ends in .mjs is a module, which
imports by relative paths from its directory. It ends once no socket is open, no timer is set and
no element listens to what standard input brings; it failed if nobody caught one of its
exceptions, which are told with file and line.
console.log and what is added to the page go to standard output, warnings and errors to standard
error. A line of standard input goes into the page's first text input and submits its form. What
stands behind `--` is scriptArgs.
",
    };

    const REST: Option<Operand<Self>> = Some(Operand {
        name: "ARGS",
        set: |run, value| {
            run.args.push(value.to_owned());
            Ok(())
        },
    });

    fn run(self) -> Result<(), Failure> {
        let script = Script::read(&self.script)?;
        let job = Job {
            web: self.web()?,
            script,
            args: self.args,
            time_limit: self.time_limit,
            exposes_gc: self.exposes_gc,
        };
        if let Some(users) = self.users {
            if self.click_at_end.is_some() {
                return Err(Failure::usage(
                    "--click-at-end needs a person: not with --users",
                ));
            }
            let load = Load {
                users,
                ramp: self.ramp,
                json: self.json,
                job,
            };
            return load.run();
        }
        if self.json || !self.ramp.is_zero() {
            return Err(Failure::usage("--ramp and --json are for --users"));
        }
        alone::run(job, self.click_at_end)
    }
}

impl Run {
    /// What the script is told of its page.
    fn web(&self) -> Result<Options, Failure> {
        let usage = |flag: &str, error: sockeye::Error| {
            Failure::usage(format_args!("{flag}: {}", chain(&error)))
        };
        let mut options = Options::new();
        if let Some(base) = &self.base {
            page_address(base)?;
            options = options.base(base).map_err(|error| usage("--base", error))?;
        }
        if let Some(origin) = &self.origin {
            ascii_origin(origin)?;
            options = options
                .origin(origin)
                .map_err(|error| usage("--origin", error))?;
        }
        for Place {
            host,
            port,
            address,
        } in &self.places
        {
            options = options.resolve(host, *port, *address);
        }
        let Some(path) = &self.ca else {
            return Ok(options);
        };
        let tls = ClientTls::new()
            .roots_pem(&file("the certificates", path, CA_LEN_MAX)?)
            .map_err(|error| Failure::run(format!("cannot use {}", path.display()), &error))?;
        Ok(options.client(move |client| Ok(client.tls(tls.clone()))))
    }
}
