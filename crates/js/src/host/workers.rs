//! What the prelude asks of workers: to start and end one, to post to one, and in one to post to
//! its page. Owns what a worker is given of its page's options.

use std::rc::Rc;

use rquickjs::function::Opt;
use rquickjs::{Ctx, Exception, Function, Object, Result};

use super::Host;
use super::functions::add;
use crate::entries::eval;
use crate::workers::{Job, Place, Post, Uncaught};

impl Host {
    fn start_worker(
        &self,
        ctx: &Ctx<'_>,
        url: String,
        name: String,
        is_module: bool,
        address: String,
    ) -> Result<u32> {
        let many = || Exception::throw_range(ctx, "too many workers");
        let place = Place::take().ok_or_else(many)?;
        let (id, wires) = self.workers.borrow_mut().add();
        let started = (self.spawn)(Job {
            url,
            address,
            name,
            is_module,
            files: self.files.clone(),
            is_watched: self.is_watched(),
            web: self.options.web.clone(),
            exposes_gc: self.options.exposes_gc,
            memory_len_max: self.options.memory_len_max,
            wires,
            place,
        });
        if !started {
            self.workers.borrow_mut().end(id);
            return Err(many());
        }
        Ok(id)
    }

    /// Runs a script of a worker's folder in its global scope.
    fn import(&self, ctx: &Ctx<'_>, url: &str) -> Result<()> {
        let nothing = || "there is no other script".to_owned();
        let script = self.files.as_ref().ok_or_else(nothing);
        let script = script.and_then(|files| files.read(url));
        let script = script.map_err(|why| Exception::throw_dom(ctx, "NetworkError", &why))?;
        self.has_imports.set(true);
        eval(ctx, &script.name, &script.text)
    }

    fn post(&self, post: Post) {
        if let Some(outside) = &self.outside {
            outside.wires.post(post);
        }
    }
}

/// Adds to the object that the prelude calls whether it is a worker's.
pub(super) fn add_kind(object: &Object<'_>, host: &Host) -> Result<()> {
    let outside = host.outside.as_ref();
    object.set("isWorker", outside.is_some())?;
    object.set("isModule", outside.is_some_and(|outside| outside.is_module))
}

/// Adds the functions, and where the script is.
pub(super) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let settings = host.settings();
    let of_page = || settings.base.as_ref().map(|base| base.as_str().to_owned());
    let outside = host.outside.as_ref();
    let of_worker = outside.map(|outside| outside.address.clone());
    object.set("address", of_worker.or_else(of_page))?;
    object.set("origin", settings.origin.as_deref().unwrap_or("null"))?;
    add!(
        ctx,
        object,
        "startWorker",
        host,
        move |ctx: Ctx<'js>, url: String, name: String, is_module: bool, address: String| {
            host.start_worker(&ctx, url, name, is_module, address)
        }
    );
    add!(
        ctx,
        object,
        "tellWorker",
        host,
        move |id: u32, message: String| host.workers.borrow_mut().send(id, message)
    );
    add!(ctx, object, "endWorker", host, move |id: u32| host
        .workers
        .borrow_mut()
        .end(id));
    add_outside(ctx, object, host)
}

/// Those for the script of a worker.
fn add_outside<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "tellOutside", host, move |message: String| {
        host.post(Post::Message(message));
    });
    add!(
        ctx,
        object,
        "reportOutside",
        host,
        move |message: String, filename: String, line: u32, column: u32, text: Opt<String>| {
            host.post(Post::Error(Uncaught {
                message,
                filename,
                line,
                column,
                text: text.0.unwrap_or_default(),
            }));
        }
    );
    add!(ctx, object, "closeWorker", host, move || {
        if let Some(outside) = &host.outside {
            outside.is_closing.set(true);
        }
    });
    add!(
        ctx,
        object,
        "importScript",
        host,
        move |ctx: Ctx<'js>, url: String| host.import(&ctx, &url)
    );
    Ok(())
}
