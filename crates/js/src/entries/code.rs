//! The prelude as the engine's code, compiled once for all pages of the process. Owns that parts
//! get the globals they name as these were before any script. Knows no part by its name.

use std::sync::OnceLock;

use rquickjs::function::Args;
use rquickjs::loader::Loader;
use rquickjs::loader::bundle::{Bundle, HasByteCode};
use rquickjs::module::WriteOptions;
use rquickjs::{Context, Ctx, Exception, Function, Module, Object, Result, Runtime, Value};

use super::parts::{PARTS, lazy};

/// The module of the parts that run at once.
pub(super) const FIRST: &str = "prelude";

/// What parts work with.
pub(super) struct Given<'js> {
    pub(super) host: Object<'js>,
    pub(super) internal: Object<'js>,
    pub(super) own: Object<'js>,
}

/// Globals that parts get as they were before any script, by name: the engine's, and our own that
/// `expose` adds.
const OWN: [&str; 38] = [
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "FinalizationRegistry",
    "Function",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "Reflect",
    "RegExp",
    "Set",
    "SharedArrayBuffer",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint8Array",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "globalThis",
    "DOMException",
    "Event",
    "EventTarget",
    "MessageEvent",
    "CloseEvent",
    "ErrorEvent",
    "Blob",
];

/// Those of the engine, before any part.
pub(super) fn own_globals<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let own = Object::new(ctx.clone())?;
    own.set_prototype(None)?;
    for name in OWN {
        let value: Value<'js> = ctx.globals().get(name)?;
        if !value.is_undefined() {
            own.set(name, value)?;
        }
    }
    Ok(own)
}

/// Whether `source` has that word.
fn has_word(source: &str, word: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let mut words = source.split(|letter| !is_letter(letter));
    words.any(|part| part == word)
}

/// A module of parts, ready for any page.
struct Compiled {
    /// What its parts name of `OWN`, in this order.
    names: Vec<&'static str>,
    code: &'static [u8],
}

impl HasByteCode<'static> for Compiled {
    fn get_bytecode(&self) -> &'static [u8] {
        self.code
    }
}

type Modules = &'static [(&'static str, Compiled)];

/// The modules by their names. They stay until the process ends, as pages come and go.
fn compiled() -> Result<Modules> {
    static COMPILED: OnceLock<Modules> = OnceLock::new();
    if let Some(modules) = COMPILED.get() {
        return Ok(modules);
    }
    let runtime = Runtime::new()?;
    let context = Context::full(&runtime)?;
    let modules = context.with(|ctx| {
        let mut modules = vec![(FIRST, compile(&ctx, FIRST, &PARTS)?)];
        for (part, _) in lazy(false) {
            modules.push((part.0, compile(&ctx, part.0, &[part])?));
        }
        Ok::<_, rquickjs::Error>(modules)
    })?;
    Ok(COMPILED.get_or_init(|| modules.leak()))
}

/// A module whose default export makes a list of the parts from the globals that they name. One
/// for many takes less than one for each; and the text of functions is left out, which would be a
/// third of what they take.
fn compile(ctx: &Ctx<'_>, name: &str, parts: &[(&str, &str)]) -> Result<Compiled> {
    let is_named = |name: &&str| parts.iter().any(|(_, source)| has_word(source, name));
    let names: Vec<&'static str> = OWN.into_iter().filter(is_named).collect();
    let sources: Vec<&str> = parts.iter().map(|(_, source)| *source).collect();
    let sources = sources.join(",");
    // In one line with the first part, whose lines keep their numbers.
    let module = format!("export default ({}) => [{sources}];", names.join(", "));
    let module = Module::declare(ctx.clone(), format!("sockeye:{name}.js"), module)?;
    let code = module.write(WriteOptions {
        strip_source: true,
        ..WriteOptions::default()
    })?;
    Ok(Compiled {
        names,
        code: code.leak(),
    })
}

/// Runs the parts in the module of that name. The globals that they name are those in `own`,
/// whatever a script calls by these names.
pub(super) fn run<'js>(ctx: &Ctx<'js>, name: &str, given: &Given<'js>) -> Result<()> {
    let modules = compiled()?;
    let Some((_, compiled)) = modules.iter().find(|(module, _)| *module == name) else {
        return Err(Exception::throw_reference(ctx, &format!("no part {name}")));
    };
    let (module, _) = Bundle(modules).load(ctx, name, None)?.eval()?;
    let make: Function<'js> = module.get("default")?;
    let mut args = Args::new(ctx.clone(), compiled.names.len());
    for name in &compiled.names {
        args.push_arg(given.own.get::<_, Value<'js>>(*name)?)?;
    }
    let parts: Vec<Function<'js>> = make.call_arg(args)?;
    for part in parts {
        part.call::<_, ()>((given.host.clone(), given.internal.clone()))?;
    }
    Ok(())
}
