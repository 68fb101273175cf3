//! What else there is in the global object besides interfaces: itself, attributes that are behind
//! parts, dialogs, and the window's interface. Owns their shape, and no state of theirs.
//!
//! They are functions of the host, which takes less memory of a page than the same as a script.

use std::rc::Rc;

use rquickjs::atom::PredefinedAtom;
use rquickjs::function::{Params, Rest, This};
use rquickjs::object::{AsProperty, Property, PropertyFlags};
use rquickjs::{Ctx, Error, Exception, Function, Object, Result, Value, qjs};

use super::function::function;
use super::internal::Internal;

/// What is done with a value that a script assigns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Assigned {
    /// Nothing: there is no setter.
    ReadOnly,
    /// It takes the attribute's place: [Replaceable].
    Replaces,
    /// The page goes there.
    Leaves,
    /// It is a text, and the attribute's value from now on.
    IsKept,
}

/// An attribute of the global object.
#[derive(Clone, Copy)]
struct Attribute {
    name: &'static str,
    /// The part that has its value, as a member of this name; the one that says nothing is there.
    part: &'static str,
    assigned: Assigned,
    is_configurable: bool,
}

/// Leaves to the prelude when it adds `name`, which each page has: it has its place among what is
/// in the global object.
pub(super) fn set_name<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    shared: &Rc<Internal>,
) -> Result<()> {
    let of = Rc::clone(shared);
    let name = move |ctx: Ctx<'js>, internal: This<Object<'js>>| -> Result<()> {
        add(&ctx, &internal, &of, "name")
    };
    internal.set("name", Function::new(ctx.clone(), name)?)
}

/// Adds what has that name.
pub(super) fn add<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    shared: &Rc<Internal>,
    name: &'static str,
) -> Result<()> {
    use Assigned::{IsKept, Leaves, ReadOnly, Replaces};

    let (part, assigned, is_configurable) = match name {
        "Window" => return add_window(ctx, internal),
        "alert" | "prompt" => return add_dialog(ctx, shared, name),
        // A worker's cannot be replaced.
        "self" if internal.contains_key("scope")? => ("", ReadOnly, true),
        "self" => ("", Replaces, true),
        "window" => ("", ReadOnly, false),
        "name" => ("", IsKept, true),
        "document" => ("document", ReadOnly, false),
        "crypto" => ("crypto", ReadOnly, true),
        "performance" => ("performance", Replaces, true),
        "location" => ("window", Leaves, false),
        // `origin`, and `scriptArgs`, which is no browser's.
        _ => ("window", Replaces, true),
    };
    let attribute = Attribute {
        name,
        part,
        assigned,
        is_configurable,
    };
    scope(ctx, internal)?.prop(name, attribute.accessor(ctx, shared)?)
}

/// What members of the global object are properties of: in a worker an interface's prototype.
pub(super) fn scope<'js>(ctx: &Ctx<'js>, internal: &Object<'js>) -> Result<Object<'js>> {
    let scope: Option<Object<'js>> = internal.get("scope")?;
    Ok(scope.unwrap_or_else(|| ctx.globals()))
}

/// Throws unless a function is called on the global object, as it is without an object.
fn check_global(params: &Params<'_, '_>) -> Result<()> {
    let (ctx, this) = (params.ctx(), params.this());
    if this.is_undefined() || this.is_null() || this == ctx.globals().into_value() {
        return Ok(());
    }
    Err(Exception::throw_type(ctx, "Illegal invocation"))
}

impl Attribute {
    fn accessor<'js>(self, ctx: &Ctx<'js>, shared: &Rc<Internal>) -> Result<Accessor<'js>> {
        let of = Rc::clone(shared);
        let get = move |params: Params<'_, 'js>| {
            check_global(&params)?;
            self.value(params.ctx(), &of)
        };
        let get = function(ctx, &format!("get {}", self.name), 0, get)?;
        let set = if self.assigned == Assigned::ReadOnly {
            None
        } else {
            let of = Rc::clone(shared);
            let set = move |params: Params<'_, 'js>| {
                check_global(&params)?;
                let undefined = || Value::new_undefined(params.ctx().clone());
                let value = params.arg(0).unwrap_or_else(undefined);
                self.assign(params.ctx(), &of, value)?;
                Ok(undefined())
            };
            Some(function(ctx, &format!("set {}", self.name), 1, set)?)
        };
        Ok(Accessor {
            get,
            set,
            is_configurable: self.is_configurable,
        })
    }

    fn value<'js>(self, ctx: &Ctx<'js>, of: &Internal) -> Result<Value<'js>> {
        match self.name {
            "self" | "window" => Ok(ctx.globals().into_value()),
            name if self.part.is_empty() => of.get(ctx)?.get(name),
            name => of.with(ctx, self.part)?.get(name),
        }
    }

    fn assign<'js>(self, ctx: &Ctx<'js>, of: &Internal, value: Value<'js>) -> Result<()> {
        match self.assigned {
            Assigned::ReadOnly => Ok(()),
            Assigned::Replaces => {
                let value = Property::from(value).writable().enumerable();
                ctx.globals().prop(self.name, value.configurable())
            }
            Assigned::Leaves => {
                let leave: Function<'js> = of.with(ctx, self.part)?.get("leave")?;
                leave.call((value,))
            }
            Assigned::IsKept => {
                let internal = of.get(ctx)?;
                let text: Function<'js> = internal.get("text")?;
                internal.set(self.name, text.call::<_, Value<'js>>((value,))?)
            }
        }
    }
}

/// The functions of an attribute, which is enumerable as all of them are.
struct Accessor<'js> {
    get: Function<'js>,
    set: Option<Function<'js>>,
    is_configurable: bool,
}

impl<'js> AsProperty<'js, ()> for Accessor<'js> {
    fn config(self, ctx: &Ctx<'js>) -> Result<(PropertyFlags, Value<'js>, Value<'js>, Value<'js>)> {
        let has = qjs::JS_PROP_HAS_GET
            | qjs::JS_PROP_HAS_SET
            | qjs::JS_PROP_HAS_ENUMERABLE
            | qjs::JS_PROP_HAS_CONFIGURABLE;
        let configurable = if self.is_configurable {
            qjs::JS_PROP_CONFIGURABLE
        } else {
            0
        };
        let flags = PropertyFlags::try_from(has | qjs::JS_PROP_ENUMERABLE | configurable);
        let undefined = || Value::new_undefined(ctx.clone());
        let set = self.set.map_or_else(undefined, Function::into_value);
        let flags = flags.map_err(|_| Error::Unknown)?;
        Ok((flags, undefined(), self.get.into_value(), set))
    }
}

fn add_dialog<'js>(ctx: &Ctx<'js>, shared: &Rc<Internal>, name: &'static str) -> Result<()> {
    let of = Rc::clone(shared);
    let dialog = move |params: Params<'_, 'js>| {
        check_global(&params)?;
        let ask: Function<'js> = of.with(params.ctx(), "window")?.get(name)?;
        let given = (0..params.len()).filter_map(|at| params.arg(at));
        ask.call((Rest(given.collect::<Vec<_>>()),))
    };
    let dialog = function(ctx, name, 0, dialog)?;
    let dialog = Property::from(dialog).writable().enumerable();
    ctx.globals().prop(name, dialog.configurable())
}

/// Window, and the global object as one. Not before a script may ask for the interface: the object
/// is one's from the begin.
fn add_window<'js>(ctx: &Ctx<'js>, internal: &Object<'js>) -> Result<()> {
    let own: Object<'js> = internal.get("own")?;
    let target: Object<'js> = own.get("EventTarget")?;
    let illegal =
        |params: Params<'_, 'js>| Err(Exception::throw_type(params.ctx(), "Illegal constructor"));
    let window = function(ctx, "Window", 0, illegal)?;
    window.set_constructor(true);
    window.set_prototype(Some(&target))?;
    let tag = |object: &Object<'js>, text: &str| {
        let text = Property::from(text).configurable();
        object.prop(PredefinedAtom::SymbolToStringTag, text)
    };
    // The named properties object, which has none here.
    let named = Object::new(ctx.clone())?;
    named.set_prototype(target.get::<_, Option<Object<'js>>>("prototype")?.as_ref())?;
    tag(&named, "WindowProperties")?;
    let prototype = Object::new(ctx.clone())?;
    prototype.set_prototype(Some(&named))?;
    let constructor = Property::from(window.clone()).writable();
    prototype.prop("constructor", constructor.configurable())?;
    tag(&prototype, "Window")?;
    window.prop("prototype", Property::from(prototype.clone()))?;
    let globals = ctx.globals();
    globals.set_prototype(Some(&prototype))?;
    globals.remove(PredefinedAtom::SymbolToStringTag)?;
    let window = Property::from(window).writable();
    globals.prop("Window", window.configurable())
}
