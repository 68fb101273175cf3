// URL and URLSearchParams: parsing, parts that are set, pairs, and that the two follow each other.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? "undefined"));
const parts = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port",
  "pathname", "search", "hash"];
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return error.name;
  }
};

for (const [input, base] of [
  ["http://a"], ["HTTP://U:P%40@EXAMPLE.com:80/a/../b c?d e#f g"], ["ws://h:81/x?y#z"],
  ["../x?q", "http://a/b/c/d"], ["//h/p", "https://a/"], ["?q", "http://a/b?c#d"], ["#f", "http://a/b?c"],
  ["mailto:a@b"], ["data:text/plain,a b"], ["blob:https://a/1-2"],
  ["http://\u00e4.example/\u00e4?\u00e4#\u00e4"], ["http://0x7f.1/"], ["http://[::1]:8080/"],
  ["http://a\\b/c"], ["  http://a/\n "], ["http://a/\ud800"], ["x:y"], ["javascript:alert(1)"],
  [""], ["x"], ["http://"], ["http://a:99999/"], ["http://a b/c".replace(" ", "<")], ["/x", "mailto:a"],
  ["http://1.2.3.4.5/"], ["x", "y"], [undefined], [null, "http://a/"],
]) {
  const url = attempt(() => new URL(input, base));
  say(input ?? null, typeof url === "string" ? url : parts.map((part) => url[part]));
  say(URL.canParse(input, base), URL.parse(input, base)?.href ?? null);
}
say(attempt(() => new URL()), attempt(() => URL("http://a")), attempt(() => URL.canParse()));

for (const [part, ...values] of [
  ["protocol", "https", "ws:x", "mailto", "1"], ["username", "a b", ""], ["password", "p@", ""],
  ["host", "b:82", "c", "", "d:x", "e/f"], ["hostname", "b:82", "x.y", ""],
  ["port", "443", "80", "", "8x", "x", "70000"], ["pathname", "x y", "/a/../b", "", "?"],
  ["search", "a=b", "?c d", "", "#"], ["hash", "a", "#b c", "", "#"],
  ["href", "https://new/", "nonsense"],
]) {
  for (const value of values) {
    const url = new URL("http://u:p@host:8080/path?query#hash");
    say(part, value, attempt(() => { url[part] = value; return url.href; }));
  }
}

const url = new URL("http://a/?x=1&y=%20+&x=3#h");
const { searchParams } = url;
say(searchParams === url.searchParams, [...searchParams], String(searchParams), searchParams.size);
searchParams.append("z", "\u00e9&=~*-._ '()!");
say(url.href);
searchParams.delete("x", "1");
searchParams.set("y", "2");
say(url.search, searchParams.get("x"), searchParams.get("none"), searchParams.getAll("x"));
url.search = "?b=2&a=1&b=1";
say([...searchParams.keys()], [...searchParams.values()]);
searchParams.sort();
say(url.href, searchParams.has("b"), searchParams.has("b", "1"), searchParams.has("b", "3"));
url.href = "http://b/?only";
say([...searchParams]);
for (const name of [...searchParams.keys()]) searchParams.delete(name);
say(url.href, url.search);

for (const init of ["?a=b&c", "a=b=c&&=d", "%zz=%C3%A9%ff", [["a", "b"], ["c", 1]], { x: 1, y: null },
  new URLSearchParams("q=1"), new Map([["m", "n"]]), undefined, null, 7, ["ab"], [["a"]], [1], "\ud800=\ud800"]) {
  say(attempt(() => String(new URLSearchParams(init))));
}
const live = new URLSearchParams("a=1&b=2&c=3");
const seen = [];
live.forEach(function (value, name, all) {
  if (name === "a") live.delete("b");
  seen.push(name + value, all === live, this === seen);
}, seen);
say(seen);
const walk = live.entries();
const step = ({ value, done }) => [value, done];
say(step(walk.next()), (live.append("d", "4"), [...walk]), step(walk.next()));
say(JSON.stringify({ url }), `${url}`);
for (const call of [() => live.append("a"), () => live.get(), () => live.forEach(1),
  () => URLSearchParams.prototype.get.call({}, "a"), () => new URLSearchParams(Symbol("a"))]) {
  say(attempt(call));
}

// Slashes before a host, and the origins of blobs.
for (const input of ["//a/b", "///a/b", "////a", " \\\\\\a", "/\t/\n/a", "/a//b", "https:///a", "///"]) {
  say(input, attempt(() => new URL(input, "https://h/x").href));
}
for (const input of ["blob:https://a:1/b", "blob:http://a", "blob:blob:https://a", "blob:nothing"]) {
  say(input, new URL(input).origin);
}

// What a class says of its URLs is not what they are.
class Other extends URL {
  get search() { return "?other"; }
}
const other = new Other("http://a/?own");
say(other.searchParams.has("own"), other.search);
other.href = "http://a/?new";
say(other.searchParams.has("new"));

// What a script makes of a getter is not asked.
for (const owner of [URL.prototype]) Object.defineProperty(owner, "search", { get: () => "?no=1", configurable: true });
const asked = new URL("http://h/?a=1");
asked.searchParams.append("b", "2");
say(asked.href, `${new URL("http://h/?q=1").searchParams}`, ((asked.href = "http://h/?c=3"), `${asked.searchParams}`));
