//! What an engine calls back for: imports, and promises that are rejected. Owns that the page whose
//! context it is hears of it. Keeps no engine.

use std::rc::Weak;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Exception, Module, Result};

use super::Engine;
use crate::modules::Modules;

/// An engine, for its own calls.
#[derive(Clone)]
pub(super) struct Calls(pub(super) Weak<Engine>);

impl Calls {
    /// Where the page with that context imports from.
    fn modules(&self, ctx: &Ctx<'_>) -> Result<Modules> {
        let engine = self.0.upgrade();
        let member = engine.and_then(|engine| engine.find(ctx));
        let over = || Exception::throw_reference(ctx, "this page is over");
        Ok(member.ok_or_else(over)?.modules.clone())
    }

    /// Tells the prelude of promises that are rejected.
    pub(super) fn tracker(self) -> RejectionTracker {
        Box::new(move |ctx, promise, reason, is_handled| {
            let engine = self.0.upgrade();
            if let Some(member) = engine.and_then(|engine| engine.find(&ctx)) {
                // Without memory there is nobody to tell.
                let _ = member.entries.reject(&ctx, promise, reason, is_handled);
                member.host.nudge.nudge();
            }
        })
    }
}

impl Resolver for Calls {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        self.modules(ctx)?.resolve(ctx, base, name, attributes)
    }
}

impl Loader for Calls {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        self.modules(ctx)?.load(ctx, name, attributes)
    }
}
