//! The prelude as the engine's code, compiled once for all pages of the process. Owns that parts
//! get the globals they name as these were before any script. Knows no part by its name.

use std::sync::{Mutex, PoisonError};

use rquickjs::function::{Args, Constructor};
use rquickjs::loader::Loader;
use rquickjs::loader::bundle::{Bundle, HasByteCode};
use rquickjs::module::WriteOptions;
use rquickjs::{Context, Ctx, Exception, Function, Module, Object, Result, Runtime, Value};

use super::internal::bare;
use super::looks::places;
use super::parts::{FIRST, Part, module};
use crate::limits::{FIRST_PARTS_MEMORY_LEN, PART_MEMORY_LEN};

/// Globals that parts get as they were before any script, by name: the engine's, and our own that
/// `expose` adds.
const OWN: [&str; 51] = [
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
    "EvalError",
    "ReferenceError",
    "Int8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "BigInt64Array",
    "BigUint64Array",
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
    let own = bare(ctx)?;
    for name in OWN {
        let value: Value<'js> = ctx.globals().get(name)?;
        if !value.is_undefined() {
            own.set(name, value)?;
        }
    }
    Ok(own)
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

/// A module beside its name, as a bundle wants it.
type Modules = &'static [(&'static str, Compiled)];

/// The module of that name, compiled when the first page wants it: most want few. It stays until
/// the process ends, as pages come and go.
fn compiled(ctx: &Ctx<'_>, name: &str) -> Result<Modules> {
    static COMPILED: Mutex<Vec<Modules>> = Mutex::new(Vec::new());
    // What a panic could leave is whole: the one change is a push.
    let mut all = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = all.iter().copied();
    if let Some(known) = known.find(|module| module.iter().any(|(known, _)| *known == name)) {
        return Ok(known);
    }
    let Some((name, parts)) = module(name) else {
        return Err(Exception::throw_reference(ctx, &format!("no part {name}")));
    };
    // In an engine of its own: the page's may be near its bound.
    let runtime = Runtime::new()?;
    let compiled = Context::full(&runtime)?.with(|ctx| compile(&ctx, name, parts))?;
    let new: Modules = vec![(name, compiled)].leak();
    all.push(new);
    Ok(new)
}

/// A module whose default export makes a list of the parts from the globals that they name. One
/// for many takes less than one for each; and the text of functions is left out, which would be a
/// third of what they take, and of which line what is: in a stack their place is `<null>`.
fn compile(ctx: &Ctx<'_>, name: &str, parts: &[Part]) -> Result<Compiled> {
    let is_named = |name: &&str| {
        parts
            .iter()
            .any(|(_, source)| places(source, name).next().is_some())
    };
    let names: Vec<&'static str> = OWN.into_iter().filter(is_named).collect();
    let sources: Vec<&str> = parts.iter().map(|(_, source)| *source).collect();
    let sources = sources.join(",");
    let module = format!("export default ({}) => [{sources}];", names.join(", "));
    let module = Module::declare(ctx.clone(), format!("sockeye:{name}.js"), module)?;
    let code = module.write(WriteOptions {
        strip_source: true,
        strip_debug: true,
        ..WriteOptions::default()
    })?;
    Ok(Compiled {
        names,
        code: code.leak(),
    })
}

/// Runs the parts in the module of that name, which work with `host` and `internal`. The globals
/// that they name are those in `internal.own`, whatever a script calls by these names. Throws if
/// there is no memory for them.
pub(super) fn run<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    host: &Object<'js>,
    internal: &Object<'js>,
) -> Result<()> {
    let modules = compiled(ctx, name)?;
    let len = if name == FIRST {
        FIRST_PARTS_MEMORY_LEN
    } else {
        PART_MEMORY_LEN
    };
    let own: Object<'js> = internal.get("own")?;
    // What is free now is free while it is read. Nobody writes to it, so it costs no memory yet.
    let buffer: Constructor<'js> = own.get("ArrayBuffer")?;
    drop(buffer.construct::<_, Value<'js>>((len,))?);
    let (module, _) = Bundle(modules).load(ctx, name, None)?.eval()?;
    let make: Function<'js> = module.get("default")?;
    let names = modules.iter().flat_map(|(_, compiled)| &compiled.names);
    let values = names.map(|name| own.get::<_, Value<'js>>(*name));
    let values: Vec<_> = values.collect::<Result<_>>()?;
    let mut args = Args::new(ctx.clone(), values.len());
    args.push_args(values)?;
    let parts: Vec<Function<'js>> = make.call_arg(args)?;
    for part in parts {
        part.call::<_, ()>((host.clone(), internal.clone()))?;
    }
    Ok(())
}
