//! Functions of the host as scripts see them. Owns that they are of their page: those of the
//! bindings inherit from what is the engine's own. Knows none of them.

use rquickjs::class::Class;
use rquickjs::function::{Params, RustFunction};
use rquickjs::object::Property;
use rquickjs::{Atom, Ctx, Error, Function, Result, Value};

/// A function of that name, and of so many arguments by its `length`.
pub(crate) fn function<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    length: usize,
    call: impl Fn(Params<'_, 'js>) -> Result<Value<'js>> + 'js,
) -> Result<Function<'js>> {
    let prototype = Function::prototype(ctx.clone());
    let object = Class::instance_proto(RustFunction(Box::new(call)), prototype)?;
    let object: Value<'js> = object.into_inner().into_value();
    let function = object.into_function().ok_or(Error::Unknown)?;
    function.set_length(length)?;
    // The text is there once for all pages of an engine.
    let name = Atom::from_str(ctx.clone(), name)?.to_js_string()?;
    function.prop("name", Property::from(name).configurable())?;
    Ok(function)
}
