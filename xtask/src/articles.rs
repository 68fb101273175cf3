//! `cargo xtask articles`: the scripts of the articles that this project began with, taken out of
//! them where they are given, repaired as `conformance/articles` says, and run against our servers.
//! Owns what is started and what is told. The articles are not ours, and never written anywhere
//! but into files that are gone with the run.

mod recipe;
mod repair;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::built::{Target, built_for_tests};
use crate::process::{Outcome, root};
use crate::program::{Program, host_and_port, output_of};
use crate::scratch::Scratch;
use recipe::{Recipe, Recipes, Server, Step};
use text::Articles;

const HELP: &str = "\
cargo xtask articles --dir DIR [NAME..]

Runs the scripts of the articles in DIR, or those named, each against our server. Their repairs
stand in conformance/articles/recipes.txt.
";

/// How long a script may say nothing: the longest that one waits is five seconds.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);

/// How long a script may take that hangs, in seconds.
const SCRIPT_LIMIT: &str = "60";

/// Making certificates takes milliseconds.
const CERTIFICATE_LIMIT: Duration = Duration::from_secs(20);

/// Runs the verb.
pub(crate) fn run(args: &[String]) -> Outcome {
    let (directory, names) = match args {
        [flag, directory, names @ ..] if flag == "--dir" => (directory, names),
        _ => return Err(format!("no directory is given\n\n{HELP}")),
    };
    let path = root().join("conformance/articles/recipes.txt");
    let recipes = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let recipes = recipe::parse(&recipes)?;
    let articles = Articles::read(Path::new(directory))?;
    let mut failures = recipes.left_out(&articles);
    for line in &failures {
        println!("LEFT  {line}");
    }
    let is_known = |name: &String| recipes.scripts.iter().any(|recipe| recipe.name == *name);
    if let Some(name) = names.iter().find(|name| !is_known(name)) {
        return Err(format!("there is no script `{name}`"));
    }
    let stage = Stage::set(&recipes)?;
    for recipe in &recipes.scripts {
        if !names.is_empty() && !names.contains(&recipe.name) {
            continue;
        }
        match stage.play(recipe, &articles) {
            Ok(done) => println!("ok    {:<20} {} ({done})", recipe.name, recipe.about),
            Err(error) => {
                println!("FAIL  {:<20} {error}", recipe.name);
                failures.push(recipe.name.clone());
            }
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("{} of the articles' scripts", failures.len()))
    }
}

/// What the scripts run with: the program, and our servers for the hosts that they name.
struct Stage {
    sockeye: PathBuf,
    directory: Scratch,
    servers: Vec<Running>,
}

/// A server of ours.
struct Running {
    serves: Server,
    is_secure: bool,
    address: String,
    /// Ends with us.
    _program: Program,
}

impl Stage {
    fn set(recipes: &Recipes) -> Result<Self, String> {
        let sockeye = built_for_tests(Target::Sockeye)?;
        let directory = Scratch::directory("articles")?;
        let mut making = Command::new(built_for_tests(Target::Example("interop_authority"))?);
        making.arg(directory.path()).args(recipes.secure_hosts());
        output_of(&mut making, CERTIFICATE_LIMIT)?;
        let mut stage = Self {
            sockeye,
            directory,
            servers: Vec::new(),
        };
        for server in [Server::Serve, Server::Echo] {
            for is_secure in [false, true] {
                stage.start(server, is_secure)?;
            }
        }
        Ok(stage)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn start(&mut self, server: Server, is_secure: bool) -> Outcome {
        let mut command = Command::new(&self.sockeye);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.args(server.words());
        if is_secure {
            command.arg("--cert").arg(self.file("cert.pem"));
            command.arg("--key").arg(self.file("key.pem"));
        }
        command.stderr(Stdio::null());
        let (program, address) = Program::start_server(&mut command)?;
        let address = host_and_port(&address).to_owned();
        self.servers.push(Running {
            serves: server,
            is_secure,
            address,
            _program: program,
        });
        Ok(())
    }

    /// Runs one script; answers in words how much was repaired.
    fn play(&self, recipe: &Recipe, articles: &Articles) -> Result<String, String> {
        let script = repair::assemble(recipe, articles)?;
        let path = self.file(&format!("{}.js", recipe.name));
        fs::write(&path, script).map_err(|error| format!("cannot write it: {error}"))?;
        let mut command = Command::new(&self.sockeye);
        command.args(["run", "--timeout", SCRIPT_LIMIT, "--ca"]);
        command.arg(self.file("ca.pem")).args(&recipe.words);
        for place in &recipe.places {
            let is_secure = place.ends_with(":443");
            let fits = |running: &&Running| {
                running.serves == recipe.server && running.is_secure == is_secure
            };
            if let Some(server) = self.servers.iter().find(fits) {
                command.args(["--resolve", &format!("{place}={}", server.address)]);
            }
        }
        talk(Program::start(command.arg(path))?, &recipe.steps)?;
        Ok(recipe.repairs())
    }
}

/// Types and waits as the recipe says. A script that ends by itself has to end well.
fn talk(mut program: Program, steps: &[Step]) -> Outcome {
    for step in steps {
        match step {
            Step::Type(line) => program.tell(line)?,
            Step::See(part) => wait_for(&program, part)?,
            Step::End => program.end_input(),
            Step::Leave => return Ok(()),
        }
    }
    match program.finish(SILENCE_LIMIT)? {
        (_, true) => Ok(()),
        (said, false) => Err(format!("it failed: {}", said.join("; "))),
    }
}

fn wait_for(program: &Program, part: &str) -> Outcome {
    let mut said = Vec::new();
    while let Some(line) = program.line(SILENCE_LIMIT)? {
        if line.contains(part) {
            return Ok(());
        }
        said.push(line);
    }
    Err(format!(
        "it never showed `{part}`, but: {}",
        said.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        let mut command = Command::new("sh");
        Program::start(command.args(["-c", script])).unwrap()
    }

    /// A script that shows something else, or fails after all, would pass.
    #[test]
    fn script_has_to_show_what_the_recipe_says_and_end_well() {
        let steps = [
            Step::See("one".to_owned()),
            Step::Type("two".to_owned()),
            Step::See("got two".to_owned()),
            Step::End,
        ];
        assert_eq!(
            talk(shell("echo one; read x; echo got $x; read x; true"), &steps),
            Ok(())
        );
        let error = talk(shell("echo one; echo no"), &steps).unwrap_err();
        assert!(
            error.contains("`got two`") || error.contains("cannot talk"),
            "{error}"
        );
        let error = talk(shell("echo one; read x; echo got $x; exit 1"), &steps).unwrap_err();
        assert!(error.starts_with("it failed"), "{error}");
        let stays = [Step::See("one".to_owned()), Step::Leave];
        assert_eq!(talk(shell("echo one; exec sleep 100"), &stays), Ok(()));
    }

    /// A slip in the list would be found by nobody who has no articles.
    #[test]
    fn each_recipe_of_the_list_takes_something_and_has_something_to_show() {
        let path = root().join("conformance/articles/recipes.txt");
        let recipes = recipe::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let mut names = std::collections::BTreeSet::new();
        for recipe in &recipes.scripts {
            let takes = |edit: &recipe::Edit| matches!(edit, recipe::Edit::Take(_));
            let sees = |step: &Step| matches!(step, Step::See(_));
            assert!(recipe.edits.iter().any(takes), "{}", recipe.name);
            assert!(recipe.steps.iter().any(sees), "{}", recipe.name);
            assert!(
                !recipe.about.is_empty() && names.insert(&recipe.name),
                "{}",
                recipe.name
            );
        }
        assert!(names.len() > 20);
    }
}
