//! The shape that Web IDL gives interfaces and the global object, as functions for the prelude.
//! Owns flags and order of properties. Knows no interface.
//!
//! They run once for each interface: as a script they would stay in each page's memory.

use std::mem;

use rquickjs::atom::PredefinedAtom;
use rquickjs::function::{Opt, This};
use rquickjs::object::{Filter, Property};
use rquickjs::{Ctx, Function, Object, Result, Value};

/// Adds them to what the parts share, on which they are called.
pub(super) fn add<'js>(ctx: &Ctx<'js>, internal: &Object<'js>) -> Result<()> {
    let define = |internal: This<Object<'js>>,
                  constructor: Object<'js>,
                  constants: Opt<Object<'js>>,
                  first: Opt<Vec<String>>| {
        let first = first.0.unwrap_or_default();
        define(&internal, &constructor, constants.0.as_ref(), first)
    };
    let expose = |internal: This<Object<'js>>, values: Object<'js>| expose(&internal, &values);
    let statics = |constructor: Object<'js>| statics(&constructor);
    let operations = |values: Object<'js>| operations(&values);
    internal.set("define", Function::new(ctx.clone(), define)?)?;
    internal.set("expose", Function::new(ctx.clone(), expose)?)?;
    internal.set("statics", Function::new(ctx.clone(), statics)?)?;
    internal.set("operations", Function::new(ctx.clone(), operations)?)
}

fn names(object: &Object<'_>) -> Result<Vec<String>> {
    object.own_keys(Filter::new().string()).collect()
}

/// Members of an interface's prototype that are to stand in another order.
struct Members<'js> {
    prototype: Object<'js>,
    /// As the engine has them, without a script's words.
    define: Function<'js>,
    /// Those that do not stand yet, with their descriptors.
    left: Vec<(String, Object<'js>)>,
}

impl<'js> Members<'js> {
    fn of(internal: &Object<'js>, prototype: Object<'js>) -> Result<Self> {
        let own: Object<'js> = internal.get("own")?;
        let own: Object<'js> = own.get("Object")?;
        let describe: Function<'js> = own.get("getOwnPropertyDescriptor")?;
        let describe = |name: String| {
            let descriptor: Object<'js> = describe.call((prototype.clone(), name.as_str()))?;
            // Its own is one to which a script could give members.
            descriptor.set_prototype(None)?;
            Ok((name, descriptor))
        };
        let left = names(&prototype)?.into_iter().map(describe);
        Ok(Self {
            left: left.collect::<Result<_>>()?,
            define: own.get("defineProperty")?,
            prototype,
        })
    }

    /// Puts those behind all others that `is_next`.
    fn place(&mut self, is_next: impl Fn(&str, &Object<'js>) -> Result<bool>) -> Result<()> {
        let mut left = Vec::new();
        for (name, descriptor) in mem::take(&mut self.left) {
            if is_next(&name, &descriptor)? {
                self.prototype.remove(name.as_str())?;
                descriptor.set("enumerable", name != "constructor")?;
                let member = (self.prototype.clone(), name, descriptor);
                self.define.call::<_, Value<'js>>(member)?;
            } else {
                left.push((name, descriptor));
            }
        }
        self.left = left;
        Ok(())
    }
}

/// Attributes and methods of an interface are enumerable, its constants cannot be changed. They
/// stand in this order: attributes, those of `first` first, constants, methods, the constructor.
fn define<'js>(
    internal: &Object<'js>,
    constructor: &Object<'js>,
    constants: Option<&Object<'js>>,
    first: Vec<String>,
) -> Result<()> {
    let prototype: Object<'js> = constructor.get("prototype")?;
    let mut members = Members::of(internal, prototype.clone())?;
    for first in first {
        members.place(|name, _| Ok(name == first))?;
    }
    members.place(|_, descriptor| descriptor.contains_key("get"))?;
    if let Some(constants) = constants {
        for name in names(constants)? {
            let value: Value<'js> = constants.get(name.as_str())?;
            for object in [constructor, &prototype] {
                let constant = Property::from(value.clone()).enumerable();
                object.prop(name.as_str(), constant)?;
            }
        }
    }
    members.place(|name, _| Ok(name != "constructor"))?;
    members.place(|_, _| Ok(true))?;
    let name: Value<'js> = constructor.get("name")?;
    let name = Property::from(name).configurable();
    prototype.prop(PredefinedAtom::SymbolToStringTag, name)
}

/// Interfaces are properties of the global object.
fn expose<'js>(internal: &Object<'js>, values: &Object<'js>) -> Result<()> {
    let own: Object<'js> = internal.get("own")?;
    for name in names(values)? {
        let value: Value<'js> = values.get(name.as_str())?;
        own.set(name.as_str(), value.clone())?;
        let value = Property::from(value).writable().configurable();
        values.ctx().globals().prop(name.as_str(), value)?;
    }
    Ok(())
}

/// Static operations are enumerable, as those of objects are.
fn statics<'js>(constructor: &Object<'js>) -> Result<()> {
    for name in names(constructor)? {
        let value: Value<'js> = constructor.get(name.as_str())?;
        if value.is_function() && name != "prototype" {
            let value = Property::from(value).writable().enumerable();
            constructor.prop(name.as_str(), value.configurable())?;
        }
    }
    Ok(())
}

/// Operations of the global object, and what else is there as a plain property.
fn operations<'js>(values: &Object<'js>) -> Result<()> {
    for name in names(values)? {
        let value: Value<'js> = values.get(name.as_str())?;
        let value = Property::from(value).writable().enumerable();
        values
            .ctx()
            .globals()
            .prop(name.as_str(), value.configurable())?;
    }
    Ok(())
}
