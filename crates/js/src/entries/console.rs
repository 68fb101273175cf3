//! The functions of `console` that most scripts do without. Owns their shape; what they do is a
//! part's business, once one of them is called.

use std::rc::Rc;

use rquickjs::function::{Params, Rest, This};
use rquickjs::object::Property;
use rquickjs::{Ctx, Function, Object, Result, Value};

use super::function::function;
use super::internal::{Internal, bring};

const NAMES: [&str; 13] = [
    "clear",
    "count",
    "countReset",
    "dir",
    "dirxml",
    "group",
    "groupCollapsed",
    "groupEnd",
    "table",
    "time",
    "timeEnd",
    "timeLog",
    "trace",
];

/// Adds them.
pub(super) fn complete<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    shared: &Rc<Internal>,
) -> Result<()> {
    let console: Object<'js> = internal.get("console")?;
    for name in NAMES {
        let of = Rc::clone(shared);
        let tell = move |params: Params<'_, 'js>| {
            let ctx = params.ctx();
            let values = (0..params.len()).filter_map(|at| params.arg(at));
            let values: Vec<Value<'js>> = values.collect();
            let internal = of.get(ctx)?;
            let quietly: Function<'js> = internal.get("quietly")?;
            let tell = move || tell(&internal, name, &values);
            quietly.call((Function::new(ctx.clone(), tell)?,))
        };
        let tell = function(ctx, name, 0, tell)?;
        let tell = Property::from(tell).writable().enumerable();
        console.prop(name, tell.configurable())?;
    }
    Ok(())
}

fn tell<'js>(internal: &Object<'js>, name: &str, values: &[Value<'js>]) -> Result<()> {
    bring(internal, "console_more")?;
    let more: Object<'js> = internal.get("more")?;
    let tell: Function<'js> = more.get(name)?;
    tell.call((This(more), Rest(values.to_vec())))
}
