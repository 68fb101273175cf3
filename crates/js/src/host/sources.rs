//! What the source of a script says where something went wrong, which the engine does not tell:
//! what was called, and which import is meant. Owns that no other files are read. Tells nothing
//! itself.

use std::mem;
use std::path::Path;
use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result};

use super::Host;
use super::callee::callee;
use crate::entries::places;
use crate::files::{find_inside, read};
use crate::modules::plain;

/// Adds it to the object that the prelude calls.
pub(super) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let asked = Rc::clone(host);
    let called = move |file: String, line: usize, column: usize| {
        let source = asked.source(&file)?;
        callee(&source, line, column)
    };
    object.set("callee", Function::new(ctx.clone(), called)?)?;
    let asked = Rc::clone(host);
    let importer = move |name: String, module: String| asked.importer(&name, &module);
    object.set("importer", Function::new(ctx.clone(), importer)?)
}

impl Host {
    /// The source in `file`, if that is one of the page's scripts.
    fn source(&self, file: &str) -> Option<String> {
        let is_own = *self.script.borrow() == file || {
            let root = self.files.as_ref()?.root();
            find_inside(root, Path::new(file)).ok()?.is_some()
        };
        is_own.then(|| read(Path::new(file)).ok()).flatten()
    }

    /// Where `name` is imported from `module`.
    fn importer(&self, name: &str, module: &str) -> Option<String> {
        let script = self.script.borrow();
        let modules = self.modules.borrow();
        let mut files = [&*script].into_iter().chain(&*modules);
        files.find_map(|file| {
            let folder = Path::new(file).parent()?;
            let is_it = |path: &str| plain(&folder.join(path)) == Path::new(module);
            let line = import_line(&self.source(file)?, name, is_it)?;
            Some(format!("{file}:{line}"))
        })
    }
}

/// The line of `source` in which `name` is imported, or exported once more, from a module that
/// `is_it` says.
fn import_line(source: &str, name: &str, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    // Nothing is looked at twice, whatever a script has in it.
    let mut looked_at = 0;
    places(source, "from").find_map(|(before, after)| {
        let rest = after.trim_start();
        let quote = rest.chars().next()?;
        let (path, _) = rest.strip_prefix(['"', '\''])?.split_once(quote)?;
        let from = mem::replace(&mut looked_at, before.len());
        let own = before.get(from..)?;
        let starts = ["import", "export"].map(|word| own.rfind(word));
        let start = from + starts.into_iter().flatten().max()?;
        let statement = before.get(start..)?;
        let (place, _) = places(statement, name).next().filter(|_| is_it(path))?;
        Some(source.get(..start + place.len())?.matches('\n').count() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of another import would be blamed.
    #[test]
    fn import_is_found_by_its_name_and_module() {
        let source =
            "import { a } from './b.mjs';\nimport {\n  one,\n  two as a,\n} from \"./a.mjs\";
            export { three } from './a.mjs'; import four from './a.mjs';";
        let line = |name| import_line(source, name, |path| path == "./a.mjs");
        assert_eq!(line("two"), Some(4));
        assert_eq!(line("three"), Some(6));
        assert_eq!(line("a"), Some(4));
        assert_eq!(line("b"), None);
    }

    /// A script could hold up its page for hours, and nothing would stop it: these are no calls.
    #[test]
    fn text_of_many_imports_is_looked_at_once() {
        let source = "import ".to_owned() + &"from 'x' ".repeat(200_000);
        assert_eq!(import_line(&source, "name", |_| true), None);
        let source = "from 'x' ".repeat(200_000);
        assert_eq!(import_line(&source, "name", |_| true), None);
    }
}
