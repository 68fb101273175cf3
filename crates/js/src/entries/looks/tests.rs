//! What of a text looks at the global object, and what shows one name of it.

use super::*;

/// A script would find globals missing that it gets at by another way than their names.
#[test]
fn script_that_has_the_object_itself_looks() {
    for source in [
        "globalThis['U' + 'RL']",
        "function f() { return this; }",
        "this",
        "typeof \\u0055RL",
        "this.\\u0061",
        "eval(text)",
        "window?.[name]",
        "self/**/.name",
        "self. /**/name",
        "window.näme",
        "window.n\u{e4}",
        "this?.5:1",
        "const { a } = window",
        "`${this}.name`",
        "x = this\n// comment\n.name",
        "for (const name in self) ;",
        "this.self[name]",
        "window.window",
        "event.self[name]",
        "this.valueOf()",
        "this .hasOwnProperty (name)",
        "self.constructor.name",
        "self.__lookupGetter__(name)",
        "typeof window['a']",
        "({ m() { return super.valueOf(); } }).m",
        "class A extends Array { m() { return super.concat(); } }",
        "super[name]()",
        "class A extends String { m() { return super.split(x); } }",
        "class A extends Promise { m() { return super.finally(x); } }",
        "this.f\u{301}()",
        "new Proxy({}, {})",
    ] {
        assert_eq!(looks(source), Looks::Yes, "{source}");
    }
}

/// Each user would take the memory of what its script cannot see.
#[test]
fn script_that_names_what_it_wants_does_not_look() {
    for source in [
        "",
        "list[at]",
        "thistle",
        "event.target",
        "myself = 1",
        "this.name",
        "this.name = 1; this . other\n= this\n?.third",
        "window.onload = function () {}",
        "if (typeof window !== 'undefined') ;",
        "class A extends B { #a; constructor() { super(); this.#a = 1; this.#f(); } #f() {} }",
        "`${this.name}[0]`",
        "self.list[at]",
    ] {
        assert_eq!(looks(source), Looks::No, "{source}");
    }
    for source in [
        "ws.onopen = function () { this.send('hello'); };",
        "window.addEventListener('load', run); window.setTimeout(run, 5);",
        "class A { send(x) { this.ws.send(x); } go() { this.send(1); } }",
        "class A { constructor() { this.go = (a, b) => a; this.be = x => x; this.go(); } }",
        "class A extends WebSocket { send(text) { super.send(text); } }",
        "function f() {} const { g: h } = {}; if (this.f) this.f(this.f.length);",
        "let f; this.f?.(1)",
        "// they send it\n this.send(1); const how = { send: 1 };",
    ] {
        assert_eq!(looks(source), Looks::Calls, "{source}");
    }
}

/// A built-in function that a script made a global would hand on the object that it is called on.
#[test]
fn script_that_calls_what_may_be_built_in_looks() {
    for source in [
        "this.f = [][name]; this.f()",
        "f = [][name]; this.f()",
        "f = [][name]; (this.f)(1)",
        "f = [][name]; this.f/**/(1)",
        "f = [][name]; this.f?.(1)",
        "f = [][name]; this.f\n`1`",
        "// so.\nf = [][name]; this.f()",
        "f ??= [][name]; this.f()",
        "f\u{feff}= [][name]; this.f()",
        "f = [][name]; this.f\u{feff}(1)",
        "[f] = [[][name]]; this.f()",
        "[...f] = [[][name]]; this.f()",
        "({ a: f } = []); this.f()",
        "({ a: this.f } = []); this.f()",
        "for (f of [[][name]]) this.f()",
        "for (this . f of [[][name]]) this.f()",
        "(f) = [][name]; this.f()",
        "f /**/ = [][name]; this.f()",
        "f = ((a) => a)([][name]); this.f()",
        "f = (a, [][name]); this.f()",
    ] {
        assert_eq!(looks(source), Looks::Yes, "{source}");
    }
}

/// What a script has by the object's name would not be there.
#[test]
fn member_is_shown_that_is_named_behind_the_object() {
    for source in ["window.URL", "new this . URL", "self?.URL()"] {
        assert!(shown(source).contains("URL"), "{source}");
    }
    for source in ["event.URL", "window.URLs", "window['URL']", "#window.a.URL"] {
        assert!(!shown(source).contains("URL"), "{source}");
    }
}

/// A script of many megabytes would be looked through once for each of its calls.
#[test]
fn script_that_calls_too_many_members_looks() {
    let calls = |count: usize| {
        let calls = (0..count).map(|number| format!("this.f{number}();"));
        calls.collect::<Vec<_>>().concat()
    };
    assert_eq!(looks(&calls(SCRIPT_NAMES_MAX)), Looks::Calls);
    assert_eq!(looks(&calls(SCRIPT_NAMES_MAX + 1)), Looks::Yes);
    assert_eq!(looks(&"this.f();".repeat(1000)), Looks::Calls);
}
