//! What the prelude's parts share, where functions that the host made reach it. Owns that it goes
//! before its engine does. Knows no member of it but `bring`.

use std::cell::RefCell;

use rquickjs::{Ctx, Error, Function, Object, Persistent, Result};

/// That object, while the page is there. Such functions hold this, and the engine holds them.
#[derive(Default)]
pub(super) struct Internal(RefCell<Option<Persistent<Object<'static>>>>);

impl Internal {
    pub(super) fn set<'js>(&self, ctx: &Ctx<'js>, object: Object<'js>) {
        self.0.replace(Some(Persistent::save(ctx, object)));
    }

    /// From now on nothing of the page is entered.
    pub(super) fn forget(&self) {
        self.0.take();
    }

    pub(super) fn get<'js>(&self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        let object = self.0.borrow().clone().ok_or(Error::Unknown)?;
        object.restore(ctx)
    }

    /// The same, once that part is there.
    pub(super) fn with<'js>(&self, ctx: &Ctx<'js>, part: &str) -> Result<Object<'js>> {
        let internal = self.get(ctx)?;
        bring(&internal, part)?;
        Ok(internal)
    }
}

/// What a script cannot give members.
pub(super) fn bare<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set_prototype(None)?;
    Ok(object)
}

/// Runs that part, unless it is there.
pub(super) fn bring(internal: &Object<'_>, part: &str) -> Result<()> {
    let bring: Function<'_> = internal.get("bring")?;
    bring.call((part,))
}
