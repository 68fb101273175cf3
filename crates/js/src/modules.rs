//! Modules from files: relative paths, inside one folder, and what they know of their address. Owns
//! what an import may name. Fetches nothing, and looks nothing up.

use std::path::{Component, Path, PathBuf};

use rquickjs::function::Params;
use rquickjs::module::Declared;
use rquickjs::{Coerced, Ctx, Exception, FromJs, IntoJs, Module, Result, Value};
use url::Url;

use crate::entries::function;
use crate::files::{OUTSIDE, find_inside, read};

/// The folder that imports stay in; without one nothing is imported.
#[derive(Debug)]
pub(crate) struct Modules {
    folder: Option<PathBuf>,
}

/// Why an import is refused, in words that name both ends.
fn refused(ctx: &Ctx<'_>, base: &str, name: &str, why: &str) -> rquickjs::Error {
    let line = line_of(base, name).map_or_else(String::new, |line| format!(":{line}"));
    let words = format!("{base}{line}: cannot import {name:?}: {why}");
    Exception::throw_type(ctx, &words)
}

/// The first line of the module `base` that has `name` in quotes: the engine does not say which
/// import it is about. Nothing, if the module is no file or puts the name together.
fn line_of(base: &str, name: &str) -> Option<usize> {
    let source = read(Path::new(file_of(base))).ok()?;
    let quoted = ['"', '\'', '`'].map(|quote| format!("{quote}{name}{quote}"));
    let is_it = |line: &str| quoted.iter().any(|quoted| line.contains(quoted));
    source.lines().position(is_it).map(|index| index + 1)
}

impl Modules {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The name of the file that `name` is to the module `base`.
    pub(crate) fn resolve(
        &self,
        ctx: &Ctx<'_>,
        base: &str,
        name: &str,
        has_attributes: bool,
    ) -> Result<String> {
        if has_attributes {
            return Err(refused(ctx, base, name, "imports have no attributes here"));
        }
        let found = self.find(base, name);
        found.map_err(|why| refused(ctx, base, name, &why))
    }

    /// The module in the file of that name; `on_load` hears of its source before it runs.
    #[expect(clippy::unused_self, reason = "only what was resolved is loaded")]
    pub(crate) fn load<'js>(
        &self,
        ctx: &Ctx<'js>,
        name: &str,
        on_load: impl FnOnce(&str) -> Result<()>,
    ) -> Result<Module<'js, Declared>> {
        let wrong = |why: String| Exception::throw_type(ctx, &format!("{name}: {why}"));
        let source = read(Path::new(file_of(name))).map_err(wrong)?;
        on_load(&source)?;
        declare(ctx, name, &source)
    }

    /// The file that `name` is to the module `base`.
    fn find(&self, base: &str, name: &str) -> std::result::Result<String, String> {
        let Some(folder) = &self.folder else {
            return Err("this page imports nothing".to_owned());
        };
        if !name.starts_with("./") && !name.starts_with("../") {
            return Err("only a path that begins with ./ or ../ is imported".to_owned());
        }
        let place = Path::new(file_of(base)).parent();
        let place = place.unwrap_or_else(|| Path::new(""));
        let end_at = name.find(END).filter(|_| !place.join(name).is_file());
        let (name, end) = name.split_at(end_at.unwrap_or(name.len()));
        let path = plain(&place.join(name));
        let found = find_inside(folder, &path).map_err(|error| error.to_string())?;
        if found.is_none() {
            return Err(format!("it {OUTSIDE}"));
        }
        let path = path.into_os_string().into_string();
        let file = path.map_err(|_| "its name is no text".to_owned())?;
        let module = format!("{file}{end}");
        // Another one may have such a name.
        if file_of(&module) != file {
            return Err("its query or fragment leads to another file".to_owned());
        }
        Ok(module)
    }
}

/// What query and fragment begin with: a module for each, of one file.
const END: [char; 2] = ['?', '#'];

/// The file of a module, whose name may have a query and a fragment behind it.
fn file_of(module: &str) -> &str {
    let ends = module.rmatch_indices(END).map(|(at, _)| at);
    let mut files = [module.len()].into_iter().chain(ends);
    let file = files.find_map(|at| module.get(..at).filter(|name| Path::new(name).is_file()));
    file.unwrap_or(module)
}

/// `path` without the steps that lead nowhere, so that a file has one name.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        let ends_with_name = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if ends_with_name => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// A module that knows its own address, `import.meta.url`, if its name is that of a file.
pub(crate) fn declare<'js>(ctx: &Ctx<'js>, name: &str, source: &str) -> Result<Module<'js>> {
    let module = Module::declare(ctx.clone(), name, source)?;
    let file = file_of(name);
    let path = std::path::absolute(file).unwrap_or_default();
    let Ok(url) = Url::from_file_path(path) else {
        return Ok(module);
    };
    let end = name.get(file.len()..).unwrap_or_default();
    let url = Url::parse(&format!("{url}{end}")).unwrap_or(url);
    let meta = module.meta()?;
    meta.set("url", url.as_str())?;
    let resolve = move |params: Params<'_, 'js>| {
        let ctx = params.ctx();
        let undefined = || Value::new_undefined(ctx.clone());
        let name = Coerced::<String>::from_js(ctx, params.arg(0).unwrap_or_else(undefined))?;
        let address = resolved(&url, &name.0);
        let lack = || Exception::throw_type(ctx, "this is no module's address");
        address.ok_or_else(lack)?.into_js(ctx)
    };
    let resolve = function(ctx, "resolve", 1, resolve)?;
    meta.set("resolve", resolve)?;
    Ok(module)
}

/// The URL that `name` is to the module at `base` (HTML, "resolve a module specifier", without an
/// import map).
fn resolved(base: &Url, name: &str) -> Option<String> {
    let is_relative = ["./", "../", "/"]
        .iter()
        .any(|start| name.starts_with(start));
    let url = if is_relative {
        base.join(name)
    } else {
        Url::parse(name)
    };
    url.ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module would be told another address than a browser tells it.
    #[test]
    fn names_are_resolved_as_by_browsers() {
        let base = Url::parse("file:///a/b.mjs?c").unwrap();
        for (name, address) in [
            ("./d.mjs?e#f", Some("file:///a/d.mjs?e#f")),
            ("/d", Some("file:///d")),
            ("https://h", Some("https://h/")),
            ("d.mjs", None),
            ("", None),
        ] {
            assert_eq!(resolved(&base, name).as_deref(), address, "{name}");
        }
    }

    /// One file under two names would be two modules, each with its own state.
    #[test]
    fn file_has_one_name() {
        for (path, name) in [
            ("./a.mjs", "a.mjs"),
            ("a/./b/../c.mjs", "a/c.mjs"),
            ("../../a.mjs", "../../a.mjs"),
            ("/a/../b.mjs", "/b.mjs"),
            ("a/../../b.mjs", "../b.mjs"),
        ] {
            assert_eq!(plain(Path::new(path)), Path::new(name), "{path}");
        }
    }
}
