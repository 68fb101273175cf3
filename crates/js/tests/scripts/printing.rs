//! What `console` writes.

use crate::support::lines;

/// Who looks for a mistake would see nothing of what a value holds, or their script would fail
/// there.
#[tokio::test]
async fn values_of_every_kind_show_and_none_throws() {
    for (value, shown) in [
        ("new Map([[1, 'a']])", "Map(1) { 1 => \"a\" }"),
        ("new Set([1])", "Set(1) { 1 }"),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("new Date(NaN)", "Invalid Date"),
        ("/x/g", "/x/g"),
        ("-0", "-0"),
        ("[, -0]", "[empty, -0]"),
        ("new Uint8Array(2)", "Uint8Array(2) [0, 0]"),
        ("class A {}", "[class A]"),
        (
            "(() => { const o = {}; o.o = o; return o; })()",
            "{ o: [Circular] }",
        ),
        ("{ get x() { throw 5; } }", "{ x: [Getter] }"),
        (
            "{ a: { b: { c: { d: 1 } } } }",
            "{ a: { b: { c: [Object] } } }",
        ),
        ("Object.create(null)", "{}"),
        (
            "new Proxy({}, { ownKeys() { throw 1; } })",
            "[a value that throws when it is looked at]",
        ),
    ] {
        let script = format!("console.log({value})");
        assert_eq!(lines(&script).await, [shown], "{value}");
    }
    let long = lines("console.log(new Array(1e6).fill(0))").await;
    assert!(long[0].ends_with("... 999900 more]"), "{}", long[0].len());
}

/// Format strings would be shown as they are, groups and counts not at all.
#[tokio::test]
async fn console_formats_groups_and_counts() {
    let script = "console.log('%s is %d, %i, %f%%', 'x', '5', 4.2, '1.5', 'rest');
        console.log('%cred %o', 'color: red', { a: 1 });
        console.log('100%', 1);
        console.group('outer'); console.log('a\\nb'); console.groupEnd(); console.log('c');
        console.count(); console.count(); console.countReset(); console.count();
        console.table([{ a: 1 }, { a: 22 }]);
        console.timeEnd('none');";
    let expected = [
        "x is 5, 4, 1.5% rest",
        "red { a: 1 }",
        "100% 1",
        "outer",
        "  a\n  b",
        "c",
        "default: 1",
        "default: 2",
        "default: 1",
        "(index) | a\n--------+---\n0       | 1\n1       | 22",
        "Timer 'none' does not exist",
    ];
    assert_eq!(lines(script).await, expected);
}
