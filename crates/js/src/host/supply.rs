//! What the prelude asks of the world for parts that wait until they are used: it comes with them,
//! as each function takes memory of each page. Owns which part needs what.

use std::rc::Rc;

use rquickjs::{Ctx, Object, Result};

use super::{Host, functions, sources, surroundings, tasks, workers};
use crate::encodings;
use crate::limits::{
    CONSOLE_INDENT_MAX, CONSOLE_LABELS_MAX, INSPECT_DEPTH_MAX, INSPECT_ITEMS_MAX, INSPECT_LEN_MAX,
};
use crate::standards;

/// Adds to the object that the prelude calls what the part of that name needs.
pub(crate) fn supply<'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    host: &Rc<Host>,
    part: &str,
) -> Result<()> {
    match part {
        "inspect" | "error_texts" | "console_more" => {
            let inspecting = [INSPECT_DEPTH_MAX, INSPECT_ITEMS_MAX, INSPECT_LEN_MAX];
            let telling = [CONSOLE_LABELS_MAX, CONSOLE_INDENT_MAX];
            object.set("inspecting", [&inspecting[..], &telling[..]].concat())
        }
        "uncaught" => {
            sources::add(ctx, object, host)?;
            functions::add_page(ctx, object, host)
        }
        "clone" => functions::add_kinds(ctx, object),
        "performance" => functions::add_origin(ctx, object, host),
        "url" => standards::add_urls(ctx, object),
        "search_params" => standards::add_forms(ctx, object),
        "blob" | "encoding" => encodings::add(ctx, object),
        "crypto" => standards::add_random(ctx, object),
        "tasks" => tasks::add_queue(ctx, object, host),
        "worker" => {
            standards::add_urls(ctx, object)?;
            workers::add(ctx, object, host)
        }
        "document" => surroundings::add_input(ctx, object, host),
        "window" => {
            standards::add_urls(ctx, object)?;
            surroundings::add(ctx, object, host)
        }
        _ => Ok(()),
    }
}
