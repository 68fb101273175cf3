//! Interfaces of parts that wait until they are used, for scripts that may look at the global
//! object: each is a global of its shape, a proxy whose part runs once a script asks it for
//! anything. Owns how they wait; what one becomes is the part `interfaces`' business.
//!
//! A proxy has a handler of its own, which says what it waits for. All handlers inherit from one
//! more proxy, so whatever is looked for in one of them is asked there. As that answers with
//! nothing, the operation is done to the target; which is a function without any property that has
//! to stay, and has by then become as the interface.

use rquickjs::function::Constructor;
use rquickjs::object::Property;
use rquickjs::{Atom, Ctx, Function, IntoJs, Object, Result, Undefined, Value};

use super::internal::{bare, bring};
use super::parts::late;

/// Adds those that are not there yet.
pub(super) fn add<'js>(ctx: &Ctx<'js>, internal: &Object<'js>, is_worker: bool) -> Result<()> {
    if !internal.contains_key("waiting")? {
        internal.set("waiting", bare(ctx)?)?;
    }
    let waiting: Object<'js> = internal.get("waiting")?;
    let loaded: Object<'js> = internal.get("loaded")?;
    let own: Object<'js> = internal.get("own")?;
    let proxy: Constructor<'js> = own.get("Proxy")?;
    let mut all = None;
    for late in late(is_worker).filter(|late| !late.interfaces.is_empty()) {
        if loaded.get::<_, Option<bool>>(late.name)? == Some(true) {
            continue;
        }
        // Texts of names are there once for all pages of an engine.
        let part = Atom::from_str(ctx.clone(), late.name)?.to_js_string()?;
        for name in late.interfaces {
            if waiting.contains_key(*name)? {
                continue;
            }
            let heard: &Object<'js> = match &all {
                Some(heard) => heard,
                None => all.insert(heard_by_all(ctx, internal, &proxy)?),
            };
            // Made so all have one shape.
            let handler = Object::new_proto(ctx.clone(), Some(heard))?;
            handler.prop("part", part.clone())?;
            let target = Function::new(ctx.clone(), || {})?.with_constructor(true);
            let target: Object<'js> = proxy.construct((target, handler.clone()))?;
            handler.prop("proxy", target.clone())?;
            waiting.set(*name, handler)?;
            let target = Property::from(target).writable().configurable();
            ctx.globals().prop(*name, target)?;
        }
    }
    Ok(())
}

/// What is behind all handlers: whoever looks for a trap in one hears of it here.
fn heard_by_all<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    proxy: &Constructor<'js>,
) -> Result<Object<'js>> {
    let traps = bare(ctx)?;
    let get = |internal: Object<'js>, trap: String, handler: Object<'js>| {
        answer(&internal, &trap, &handler)
    };
    traps.set("get", Function::new(ctx.clone(), get)?)?;
    proxy.construct((internal.clone(), traps))
}

/// What a proxy does by that name, once its part is there.
fn answer<'js>(internal: &Object<'js>, trap: &str, handler: &Object<'js>) -> Result<Value<'js>> {
    bring(internal, &handler.get::<_, String>("part")?)?;
    if handler.get_prototype().is_none() {
        return handler.get(trap);
    }
    // While it becomes what it waits for.
    Undefined.into_js(internal.ctx())
}
