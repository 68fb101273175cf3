//! What an engine calls back for: imports, and promises that are rejected. Owns that the page whose
//! context it is hears of it. Keeps no engine.

use std::rc::{Rc, Weak};

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Exception, Module, Result};

use super::{Engine, Member};

/// An engine, for its own calls.
#[derive(Clone)]
pub(super) struct Calls(pub(super) Weak<Engine>);

impl Calls {
    /// The page with that context.
    fn member(&self, ctx: &Ctx<'_>) -> Option<Rc<Member>> {
        self.0.upgrade()?.find(ctx)
    }

    fn importing(&self, ctx: &Ctx<'_>) -> Result<Rc<Member>> {
        let over = || Exception::throw_reference(ctx, "this page is over");
        self.member(ctx).ok_or_else(over)
    }

    /// Tells the page of promises that are rejected.
    pub(super) fn tracker(self) -> RejectionTracker {
        Box::new(move |ctx, promise, reason, is_handled| {
            if let Some(member) = self.member(&ctx) {
                member.reject(&ctx, promise, reason, is_handled);
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
        let member = self.importing(ctx)?;
        member
            .modules
            .resolve(ctx, base, name, attributes.is_some())
    }
}

impl Loader for Calls {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let member = self.importing(ctx)?;
        member.modules.load(ctx, name, |source| {
            member.host.has_imports.set(true);
            member.host.modules.borrow_mut().push(name.to_owned());
            member.entries.prepare(ctx, source)
        })
    }
}
