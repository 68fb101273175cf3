//! A page without HTML: what scripts add to it is shown, and what is typed arrives.

use std::cell::RefCell;
use std::rc::Rc;

use sockeye_js::{Input, Outcome, PageOptions};

use crate::support::{echo, lines, run_with, typed};

/// A chat would show nothing, or the same message again and again.
#[tokio::test]
async fn what_is_added_to_the_page_is_shown_once() {
    let script = r#"
        const list = document.getElementById("list");
        console.log(list === document.getElementById("list"), list.innerHTML === "");
        list.innerHTML += "<li>one</li>";
        list.innerHTML += "<li><b>t</b>wo</li>";
        list.innerHTML = "three<br>four &lt;b&gt; &#x21;";
        console.log(list.innerHTML, list.textContent);
        const div = document.createElement("div");
        div.appendChild(document.createTextNode("<i>fi\nve</i>"));
        console.log("not yet");
        console.log(document.body.insertBefore(div, list) === div, div.innerHTML);
        const other = document.createElement("p");
        other.textContent = "six";
        list.prepend(other, "seven");
        other.textContent = "six and more";
        other.className = "new";
        console.log(other.className);
        document.write("<p>eight<p>", "nine");
        const frame = document.getElementById("frame");
        frame.contentDocument.write("<b>ten</b><br>");
        frame.contentWindow.scrollByPages(1);
    "#;
    let expected = [
        "true true",
        "one",
        "two",
        "three",
        "four <b> !",
        "three<br>four &lt;b&gt; &#x21; threefour <b> !",
        "not yet",
        "<i>fi ve</i>",
        "true &lt;i&gt;fi\nve&lt;/i&gt;",
        "seven",
        "six",
        "and more",
        "new",
        "eight",
        "nine",
        "ten",
    ];
    assert_eq!(lines(script).await, expected);
}

/// A peer could move the cursor of whoever reads, pass for another line, or hang the page.
#[tokio::test]
async fn what_a_peer_sends_is_a_line_of_text() {
    let script = r#"
        const list = document.getElementById("list");
        const put = (text) => { list.innerHTML = "x"; list.innerHTML += text; };
        put("\x1b[2J\r\nother&#27;[1m\u202e");
        put("1 < 2 && 3 > 2 <script src='a>b'>run</scr" + "ipt><!-- no --><b");
        put("&bogus; &#xffffff; &amp;lt; &#xd800;");
        alert("one\ntwo\x07");
        const pieces = ["<a", "<a\"", "<a'", "<!--", "&#", "<a \"'"];
        const long = ["<", "<a ", "<a b="].map((begin) => begin + "a".repeat(200000));
        for (const text of [...pieces.map((piece) => piece.repeat(20000)), ...long]) {
            const began = Date.now();
            put(text);
            if (Date.now() - began > 20000) console.log("slow", text.slice(0, 10));
        }
        const e = document.createElement("b");
        for (const wrong of [
            () => document.body.appendChild("text"),
            () => document.body.appendChild(document.body),
            () => document.body.insertBefore(e, document.createElement("i")),
            () => { e.appendChild(document.createElement("i")).appendChild(e); },
            () => document.createElement("<"),
            () => document.getElementById(),
        ]) {
            try { wrong(); console.log("nothing"); } catch (error) { console.log(error.name); }
        }
    "#;
    let mut written = lines(script).await;
    written.retain(|line| line != "x" && line.len() < 1000);
    let expected = [
        r"\u{1b}[2J other\u{1b}[1m\u{202e}",
        "1 < 2 && 3 > 2 <b",
        "&bogus; &#xffffff; &lt; \u{fffd}",
        "one",
        r"two\u{7}",
        "TypeError",
        "HierarchyRequestError",
        "NotFoundError",
        "HierarchyRequestError",
        "InvalidCharacterError",
        "TypeError",
    ];
    assert_eq!(written, expected);
}

/// Pages that send what is typed, and what they show of `one` and `two`.
const PAGES: [(&str, &[&str]); 4] = [
    // A form, whose input shows when its listener asks for it.
    (
        "document.forms.publish.onsubmit = function (event) {
             console.log(event.type, event.target === this, this.a === this.a);
             ws.send(this.message.value);
             return false;
         };",
        &["submit true true", "one", "submit true true", "two"],
    ),
    // An input that listens; it need not be the first element.
    (
        "const list = document.getElementById('list');
         const input = document.getElementById('input');
         input.focus(); input.scrollIntoView();
         input.onchange = () => { ws.send(input.value); input.value = ''; };",
        &["one", "two"],
    ),
    // Both: first the one with its microtasks, then the other.
    (
        "const input = document.getElementById('input');
         input.value = 'preset';
         input.onchange = () => Promise.resolve().then(() => console.log('changed'));
         document.getElementById('form').onsubmit = (event) => {
             event.preventDefault(); console.log('submitted'); ws.send(input.value);
         };",
        &["changed", "submitted", "one", "changed", "submitted", "two"],
    ),
    // A page that a browser would leave.
    (
        "document.getElementById('form').onsubmit = () => {
             ws.send(document.getElementById('input').value);
         };",
        &["(left)", "one", "(left)", "two"],
    ),
];

/// What a person types would not reach the chat, or before it is connected, where it throws.
#[tokio::test]
async fn line_goes_into_the_first_text_input_and_submits_the_form() {
    let url = echo().await;
    for (page, expected) in PAGES {
        let script = format!(
            "const ws = new WebSocket('{url}'); let left = 2;
             ws.onopen = () => {{ {page} }};
             ws.onmessage = (event) => {{
                 console.log(event.data);
                 left -= 1;
                 if (left === 0) ws.close();
             }};"
        );
        let options = |options: &mut PageOptions| options.input = Some(typed(&["one", "two"]));
        let (outcome, mut written) = run_with(&script, options).await;
        assert_eq!(outcome, Outcome::Finished, "{written:?}");
        for line in &mut written {
            if line.contains("would leave the page") {
                "(left)".clone_into(line);
            }
        }
        // Whether an answer arrives before the next line is typed is the network's business.
        let is_answer = |line: &&str| ["one", "two"].contains(line);
        let (answers, others): (Vec<&str>, Vec<_>) =
            written.iter().map(String::as_str).partition(is_answer);
        let (wanted, told): (Vec<&str>, Vec<_>) = expected.iter().partition(|line| is_answer(line));
        assert_eq!((answers, others), (wanted, told), "{page}");
    }
}

/// Nobody could leave a chat by its button.
#[tokio::test]
async fn end_of_the_input_clicks_the_element_that_the_host_names() {
    let url = echo().await;
    let script = format!(
        "const ws = new WebSocket('{url}');
         ws.onclose = (event) => console.log(event.code, event.wasClean);
         document.getElementById('close').onclick = function (event) {{
             console.log(event.type, this === event.target, ws.readyState);
             ws.close(1000);
         }};"
    );
    let options = |options: &mut PageOptions| {
        options.input = Some(typed(&[]));
        options.click_at_end = Some("close".to_owned());
    };
    let (outcome, written) = run_with(&script, options).await;
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(written, ["click true 1", "1000 true"]);
}

/// A page whose script waits for its document would do nothing, without a word.
#[tokio::test]
async fn document_tells_when_it_is_loaded() {
    let script = "const told = (event) => console.log(
             event.type, event.target === document, event.bubbles, document.readyState
         );
         addEventListener('load', told);
         addEventListener('DOMContentLoaded', (event) => {
             told(event);
             Promise.resolve().then(() => console.log('between'));
         });
         document.addEventListener('DOMContentLoaded', told);
         console.log(document.readyState);
         Promise.resolve().then(() => console.log('first'));
         setTimeout(() => console.log(document.readyState), 0);";
    let expected = [
        "loading",
        "first",
        "DOMContentLoaded true true interactive",
        "DOMContentLoaded true true interactive",
        "between",
        "load true false complete",
        "complete",
    ];
    assert_eq!(lines(script).await, expected);
    // Each by itself, and a document that nobody asked for before.
    for (script, expected) in [
        (
            "document.addEventListener('DOMContentLoaded', () => console.log('there'));",
            "there",
        ),
        (
            "window.addEventListener('DOMContentLoaded', () => console.log('there'));",
            "there",
        ),
        (
            "setTimeout(() => console.log(document.readyState), 0);",
            "complete",
        ),
    ] {
        assert_eq!(lines(script).await, [expected], "{script}");
    }
}

/// What a person types would vanish without a word.
#[tokio::test]
async fn lines_that_no_element_takes_are_told_once() {
    let url = echo().await;
    let script = format!(
        "const ws = new WebSocket('{url}');
         document.getElementById('close').onclick = () => ws.close();"
    );
    let options = |options: &mut PageOptions| {
        options.input = Some(typed(&["one", "two"]));
        options.click_at_end = Some("close".to_owned());
    };
    let (outcome, written) = run_with(&script, options).await;
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(
        written,
        ["A line of the input is lost: the page has no text input"]
    );
}

/// A person would read the script of a page as if somebody had said it.
#[tokio::test]
async fn scripts_and_styles_in_markup_are_not_shown() {
    let script = r#"
        document.body.innerHTML = "<STYLE media=all>p { }</style>a<script>b < c</script >d"
            + "<!-- <script> --><b>e</b><scripts>f<script src=x>g";
    "#;
    assert_eq!(lines(script).await, ["adef"]);
}

/// A script would read another value than in a browser: of an input, it is one line of text.
#[tokio::test]
async fn value_is_what_a_browser_makes_of_what_is_set() {
    let script = r#"
        const input = document.getElementById("input");
        for (const value of [undefined, null, 5, "a\nb\rc\r\nd"]) {
            input.value = value;
            console.log(JSON.stringify(input.value));
        }
        const area = document.createElement("textarea");
        area.value = "a\nb";
        const part = document.createElement("p");
        part.innerHTML = undefined;
        console.log(JSON.stringify([area.value, part.innerHTML]));
        part.innerHTML = null;
        console.log(JSON.stringify(part.innerHTML));
    "#;
    let expected = [
        "\"undefined\"",
        "\"\"",
        "\"5\"",
        "\"abcd\"",
        r#"["a\nb","undefined"]"#,
        "\"\"",
    ];
    assert_eq!(lines(script).await, expected);
}

/// Whether it was told that the element `connect` is not there, without that line.
fn take_lack(written: &mut Vec<String>) -> bool {
    let lack = "The page has no element \"connect\" to click at the end of the input";
    let before = written.len();
    written.retain(|line| line != lack);
    written.len() < before
}

/// A page that connects once somebody submits its form or clicks would end before it did anything.
#[tokio::test]
async fn page_stays_for_who_types_as_long_as_somebody_listens() {
    let url = echo().await;
    let say = "const say = (text) => {
            const ws = new WebSocket(url);
            ws.onopen = () => ws.send(text);
            ws.onmessage = (event) => { console.log(event.data); ws.close(); };
        };";
    for (page, lines, expected) in [
        (
            "document.forms.login.onsubmit = function () { say(this.nick.value); return false; };",
            &["one", "two"][..],
            "one two",
        ),
        (
            "const input = document.getElementById('input');
             input.addEventListener('change', () => say(input.value), { once: true });",
            &["one", "two"],
            "one",
        ),
        (
            "document.getElementById('connect').onclick = () => say('clicked');",
            &[],
            "clicked",
        ),
    ] {
        let script = format!("const url = '{url}'; {say} {page}");
        let options = |options: &mut PageOptions| {
            options.input = Some(typed(lines));
            options.click_at_end = Some("connect".to_owned());
        };
        let (outcome, mut written) = run_with(&script, options).await;
        let has_element = page.contains("'connect'");
        assert_eq!(take_lack(&mut written), !has_element, "{page}");
        assert_eq!(
            (outcome, &*written.join(" ")),
            (Outcome::Finished, expected),
            "{page}"
        );
    }
}

/// A page that nobody can do anything to any more would stay as long as its input.
#[tokio::test]
async fn page_ends_once_nobody_listens_to_who_types() {
    for (script, expected) in [
        (
            "const input = document.getElementById('input');
             input.onchange = () => { console.log(input.value); input.onchange = null; };",
            "one",
        ),
        (
            "document.getElementById('other').onclick = () => console.log('clicked');",
            "",
        ),
    ] {
        let held = Rc::new(RefCell::new(None));
        let kept = Rc::clone(&held);
        let options = |options: &mut PageOptions| {
            options.input = Some(Input::new(move |feeder| {
                feeder.push("one".to_owned());
                kept.replace(Some(feeder));
            }));
            options.click_at_end = Some("connect".to_owned());
        };
        let (outcome, mut written) = run_with(script, options).await;
        assert!(take_lack(&mut written), "{script}");
        assert_eq!(
            (outcome, &*written.join(" ")),
            (Outcome::Finished, expected),
            "{script}"
        );
    }
}

/// A script that waits for its page would find none in the event, or one that loads for ever.
#[tokio::test]
async fn load_has_a_document_that_nobody_named() {
    let script = "
        const tell = (event) => {
            const { type, target, currentTarget } = event;
            console.log(type, target.readyState, target === currentTarget, String(target));
        };
        for (const type of ['load', 'DOMContentLoaded']) addEventListener(type, tell);
        let kept;
        addEventListener('load', (event) => { kept = event; setTimeout(late); });
        const late = () => console.log(kept.target.readyState, kept.srcElement === kept.target);
    ";
    let expected = [
        "DOMContentLoaded interactive false [object Document]",
        "load complete false [object Document]",
        "complete true",
    ];
    assert_eq!(lines(script).await, expected);
}

/// A script that changes prototypes, or what `document` finds, would see its elements fail, or the
/// click go to nobody.
#[tokio::test]
async fn nodes_are_what_they_are_made_as() {
    let script = r#"
        const text = document.createTextNode("<text>"), list = document.createElement("p");
        const foreign = Object.getPrototypeOf(Object.getPrototypeOf(list));
        Object.setPrototypeOf(text, EventTarget.prototype);
        list.prepend(text, "more");
        console.log(list.innerHTML);
        document.getElementById("send").onclick = () => console.log("clicked");
        foreign.appendChild = document.getElementById = () => null;
        console.log(document.forms.f !== undefined);
    "#;
    let options = |options: &mut PageOptions| {
        options.input = Some(typed(&[]));
        options.click_at_end = Some("send".to_owned());
    };
    let (outcome, written) = run_with(script, options).await;
    assert_eq!(outcome, Outcome::Finished, "{written:?}");
    assert_eq!(written, ["&lt;text&gt;more", "true", "clicked"]);
}

/// A chat that goes on for long would take longer for each message, and hang in the end: this many
/// took minutes.
#[tokio::test]
async fn message_of_a_long_chat_is_placed_like_the_first() {
    let script = "
        const input = document.getElementById('input');
        const count = 40000;
        for (let number = 1; number <= count; number += 1) {
            const line = document.createElement('p');
            line.textContent = number;
            document.body.insertBefore(line, input);
        }
        const last = document.createElement('p');
        last.textContent = 'last';
        document.body.appendChild(last);
        document.body.insertBefore(last, input);
        document.body.prepend('first');
        console.log(document.body.textContent.slice(0, 7), document.body.textContent.slice(-9));";
    let written = lines(script).await;
    assert_eq!(written.len(), 40_004);
    assert_eq!(written.last().unwrap(), "first12 40000last");
}
