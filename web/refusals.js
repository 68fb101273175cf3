// Why the server did not do something, in the words of the page's language. Owns what its codes mean,
// as docs/chat-protocols.md has them; the server's own words, which are English, stand where only
// they say what it was.

import { knows, quote } from "./language.js";
import { limits } from "./limits.js";

/** Why the visitor has another name than asked for, as `rejectusername` of the JSON chat says. */
export function whyRenamed(rejected) {
  const { code, chars_max: count, marks_max: marksMax, character } = rejected;
  if (code === 106 && count !== undefined) {
    return { key: "nameLong", values: { count } };
  }
  return code === 107 ? whyNoName({ marksMax, character }) : byCode(rejected, "name");
}

/** Why a name can be none, at whatever length. */
function whyNoName({ marksMax, character }) {
  if (marksMax !== undefined) {
    return { key: "nameMarks" };
  }
  return character === undefined ? { key: "nameEmpty" } : { key: "nameHidden", values: { character } };
}

/** Why something was not done, as `error` of the JSON chat says. */
export function whyNotDone(error) {
  const { code, field, chars_max: count, people_max: peopleMax } = error;
  if (field === "text" && code === 106 && count !== undefined) {
    return { key: "textLong", values: { count } };
  }
  if (field === "name" && code === 106 && peopleMax !== undefined) {
    return { key: "roomFull", values: { count: peopleMax } };
  }
  return field === "text" && code === 107 ? { key: "textEmpty" } : byCode(error);
}

/** Why the visitor is not in the room any more, as `ended` of the JSON chat says. */
export function whyEnded(ended) {
  return byCode(ended);
}

/** Why a line was not sent, if `line` says that: it is one of the nickname chat's server. */
export function whyNotSent(line) {
  const parts = /^\* (\d+)(?: (\w+)(?: (\w+))?(?: ([\w+]+))?)?: (.*)$/s;
  const [, code, part, detail, number, reason] = parts.exec(line) ?? [];
  if (code === undefined) {
    return null;
  }
  if (part === "nick") {
    return whyNoNick({ code, detail, number, reason });
  }
  if (code === "106" && part === "text") {
    return { key: "textLong", values: { count: limits.textChars } };
  }
  return byCode({ code, reason, action: part, limit: part, max: detail });
}

/** Why a nickname can be none: what is wrong with it has a word of its own, and maybe a number. */
function whyNoNick({ code, detail, number, reason }) {
  switch (detail) {
    case "star":
      return { key: "nickStar" };
    case "marks":
      return whyNoName({ marksMax: number });
    case "hidden":
      return whyNoName({ character: number });
    case "bytes":
      return byCode({ code, reason });
    default:
      return code === "106" ? { key: "nameLong", values: { count: limits.nameChars } } : { key: "nameNone" };
  }
}

/** The words for what is denied, for the bound that was met, or for a code, of which some are for names alone; the
 * server's own for a new one. */
function byCode({ code, reason, action, limit, max }, what = "why") {
  if (action !== undefined && knows(`denied_${action}`)) {
    return { key: `denied_${action}` };
  }
  if (limit !== undefined && knows(`met_${limit}`)) {
    return { key: `met_${limit}`, values: { count: Number(max) } };
  }
  const key = [`${what}${code}`, `why${code}`].find(knows) ?? "whyUnknown";
  return { key, values: { reason: quote(reason ?? "") } };
}
