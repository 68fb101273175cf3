//! What the prelude asks of standards that are Rust's business: URLs and forms, base64,
//! random numbers. Owns no state. Knows no page.

use rquickjs::function::Opt;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};
use sockeye::web::parse_url;
use url::{Url, form_urlencoded, quirks};

use crate::base64;

/// Adds the functions of URLs to the object that the prelude calls.
pub(crate) fn add_urls<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    let parse = |input: String, base: Opt<Option<String>>| {
        let base = base.0.flatten();
        parse(&input, base.as_deref())
    };
    object.set("urlParse", Function::new(ctx.clone(), parse)?)?;
    let part = |href: String, name: String| part(&href, &name);
    object.set("urlGet", Function::new(ctx.clone(), part)?)?;
    let changed = |href: String, name: String, value: String| changed(href, &name, &value);
    object.set("urlSet", Function::new(ctx.clone(), changed)?)
}

/// Those of base64. The engine has its own, but in an engine of several pages not for each.
pub(crate) fn add_base64<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    let wrong = |ctx: &Ctx<'js>, why| Exception::throw_dom(ctx, "InvalidCharacterError", why);
    let decode = move |ctx: Ctx<'js>, text: String| {
        base64::decode(&text).ok_or_else(|| wrong(&ctx, "this is no base64"))
    };
    object.set("atob", Function::new(ctx.clone(), decode)?)?;
    let encode = move |ctx: Ctx<'js>, text: String| {
        base64::encode(&text).ok_or_else(|| wrong(&ctx, "a character is no byte"))
    };
    object.set("btoa", Function::new(ctx.clone(), encode)?)
}

/// Those of forms.
pub(crate) fn add_forms<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    let pairs = |query: String| pairs(&query);
    object.set("formParse", Function::new(ctx.clone(), pairs)?)?;
    let form = |pairs: Vec<Vec<String>>| form(&pairs);
    object.set("formSerialize", Function::new(ctx.clone(), form)?)
}

/// That of random numbers.
pub(crate) fn add_random<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    object.set("random", Function::new(ctx.clone(), random)?)
}

/// The URL that `input` says, relative to a base if there is one.
fn parse(input: &str, base: Option<&str>) -> Option<String> {
    let base = base.map(Url::parse).transpose().ok()?;
    let url = parse_url(input, base.as_ref()).ok()?;
    Some(url.into())
}

/// A part of a URL, as the attribute of that name has it.
fn part(href: &str, name: &str) -> String {
    let Ok(url) = Url::parse(href) else {
        return String::new();
    };
    let part = match name {
        "origin" => return origin(&url),
        "protocol" => quirks::protocol(&url),
        "username" => quirks::username(&url),
        "password" => quirks::password(&url),
        "host" => quirks::host(&url),
        "hostname" => quirks::hostname(&url),
        "port" => quirks::port(&url),
        "pathname" => quirks::pathname(&url),
        "search" => quirks::search(&url),
        _ => quirks::hash(&url),
    };
    part.to_owned()
}

/// Its origin, serialised. That of a blob is the one of the page that made it, if it is one of the
/// web; the crate's takes any scheme.
fn origin(url: &Url) -> String {
    if url.scheme() != "blob" {
        return quirks::origin(url);
    }
    let page = Url::parse(url.path()).ok();
    let page = page.filter(|page| matches!(page.scheme(), "http" | "https"));
    page.map_or_else(|| "null".to_owned(), |page| quirks::origin(&page))
}

/// The URL with another part; the same one if that cannot be.
fn changed(href: String, name: &str, value: &str) -> String {
    let Ok(mut url) = Url::parse(&href) else {
        return href;
    };
    // What cannot be set is ignored, by the standard.
    let _ = match name {
        "protocol" => quirks::set_protocol(&mut url, value),
        "username" => quirks::set_username(&mut url, value),
        "password" => quirks::set_password(&mut url, value),
        "host" => quirks::set_host(&mut url, value),
        "hostname" => quirks::set_hostname(&mut url, value),
        "port" => quirks::set_port(&mut url, value),
        "pathname" => {
            quirks::set_pathname(&mut url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, value);
            Ok(())
        }
        _ => {
            quirks::set_hash(&mut url, value);
            Ok(())
        }
    };
    url.into()
}

/// The names and values of a query.
fn pairs(query: &str) -> Vec<Vec<String>> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| vec![name.into_owned(), value.into_owned()])
        .collect()
}

/// The query of names and values.
fn form(pairs: &[Vec<String>]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for pair in pairs {
        if let [name, value] = pair.as_slice() {
            form.append_pair(name, value);
        }
    }
    form.finish()
}

/// So many random bytes.
fn random(ctx: Ctx<'_>, len: usize) -> Result<ArrayBuffer<'_>> {
    let mut bytes = vec![0; len];
    getrandom::fill(&mut bytes)
        .map_err(|_| Exception::throw_message(&ctx, "the system has no random numbers"))?;
    ArrayBuffer::new(ctx, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page would take what is no page's for one of the web.
    #[test]
    fn origin_of_a_blob_is_that_of_a_page_of_the_web() {
        for (href, expected) in [
            ("blob:https://a:8080/id?q", "https://a:8080"),
            ("blob:ftp://a/", "null"),
            ("blob:ws://a", "null"),
            ("blob:blob:https://a", "null"),
            ("blob:nothing", "null"),
            ("ftp://a/", "ftp://a"),
        ] {
            assert_eq!(part(href, "origin"), expected, "{href}");
        }
    }

    /// A URL with one part that cannot be set would lose the others.
    #[test]
    fn what_cannot_be_set_changes_nothing() {
        let href = "http://a.example/b?c#d";
        let set = |name: &str, value: &str| changed(href.into(), name, value);
        assert_eq!(set("port", "port"), href);
        assert_eq!(set("protocol", "mailto"), href);
        assert_eq!(set("port", "81"), "http://a.example:81/b?c#d");
        assert_eq!(set("hash", ""), "http://a.example/b?c");
        assert_eq!(parse("//x", None), None);
        assert_eq!(
            parse("../x", Some(href)).as_deref(),
            Some("http://a.example/x")
        );
    }
}
