// Why the server did not do something, in the words of the page's language. Owns what its codes mean,
// as docs/chat-protocols.md has them; the server's own words, which are English, stand where only
// they say what it was.

import { knows, quote } from "./language.js";
import { limits } from "./limits.js";

/** Why the visitor has another name than asked for, as `rejectusername` of the JSON chat says. */
export function whyRenamed(rejected) {
  const { code, chars_max: count, character } = rejected;
  if (code === 106 && count !== undefined) {
    return { key: "nameLong", values: { count } };
  }
  if (code === 107) {
    if (rejected.marks_max !== undefined) {
      return { key: "nameMarks" };
    }
    const isHidden = character !== undefined;
    return isHidden ? { key: "nameHidden", values: { character } } : { key: "nameEmpty" };
  }
  return byCode(rejected, "name");
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
  const parts = /^\* (\d+)(?: (\w+)(?: (\d+))?)?: (.*)$/s;
  const [, code, part, max, reason] = parts.exec(line) ?? [];
  if (code === undefined) {
    return null;
  }
  const words = {
    "106 nick": { key: "nameLong", values: { count: limits.nameChars } },
    "106 text": { key: "textLong", values: { count: limits.textChars } },
    "107 nick": { key: "nameNone" },
  };
  return words[`${code} ${part}`] ?? byCode({ code, reason, action: part, limit: part, max });
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
