//! What the host tells a page of its surroundings: its address, its arguments, the person who
//! answers. Owns no event loop.

use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result};
use sockeye::web::Settings;

use super::Host;

/// Adds it to the object that the prelude calls.
pub(super) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    object.set("location", location(host.settings()))?;
    object.set("args", host.args().to_vec())?;
    let asked = Rc::clone(host);
    let prompt = Function::new(ctx.clone(), move || asked.prompt())?;
    object.set("prompt", prompt)
}

/// The same for what a document says of the person who types.
pub(super) fn add_input<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let wanting = Rc::clone(host);
    let want = Function::new(ctx.clone(), move || wanting.want_input())?;
    object.set("wantInput", want)
}

/// The parts of the page's address in the order of the prelude's `Location`, and its origin.
fn location(settings: &Settings) -> Vec<String> {
    let own = settings.origin.clone().unwrap_or_else(|| "null".to_owned());
    let Some(base) = &settings.base else {
        let parts = ["about:blank", "null", "about:", "", "", "", "blank", "", ""];
        return parts.map(str::to_owned).into_iter().chain([own]).collect();
    };
    let hostname = base.host_str().unwrap_or_default();
    let port = base.port().map_or(String::new(), |port| port.to_string());
    let host = if port.is_empty() {
        hostname.to_owned()
    } else {
        format!("{hostname}:{port}")
    };
    // An empty one is as none, as the URL standard has it.
    let marked = |mark: char, part: Option<&str>| {
        let part = part.filter(|part| !part.is_empty());
        part.map_or(String::new(), |part| format!("{mark}{part}"))
    };
    vec![
        base.as_str().to_owned(),
        base.origin().ascii_serialization(),
        format!("{}:", base.scheme()),
        host,
        hostname.to_owned(),
        port,
        base.path().to_owned(),
        marked('?', base.query()),
        marked('#', base.fragment()),
        own,
    ]
}
