// Why the server did not open a WebSocket: a browser tells its page nothing of an upgrade that was
// refused, so the page asks with a plain request, which is answered as the upgrade was. Owns the
// question and what the answers mean; when to come back is decided by whoever asks.

/** How long to wait for the answer. */
const ANSWER_MS_MAX = 10_000;
/** No answer keeps a page away for longer: whoever wrote it may have erred. */
const RETRY_MS_MAX = 300_000;

/**
 * What the server says of `address`, a WebSocket's: `status`, `key` of the words for it, and either
 * `isFinal`, if nothing changes by coming back, or `waitMs`, before which not to. `null` if there is no
 * answer, or no reason in it.
 */
export async function whyRefused(address) {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  // Of its own server's origin a browser says nothing with such a request.
  const headers = { "Sockeye-Page-Origin": location.origin };
  try {
    const url = address.replace(/^ws/, "http");
    return meaning(await fetch(url, { cache: "no-store", headers, signal }));
  } catch {
    return null;
  }
}

function meaning({ status, headers }) {
  switch (status) {
    case 401:
      return { status, key: "refused401", isFinal: true, waitMs: 0 };
    case 403: {
      // A token that does not permit it can be replaced, and the answer says how.
      const isToken = headers.has("WWW-Authenticate");
      return { status, key: isToken ? "refused403" : "refusedOrigin", isFinal: true, waitMs: 0 };
    }
    case 429: {
      // Too fast is not too many: no other tab has to be closed.
      const isHaste = headers.get("Sockeye-Limit") === "handshakes";
      const key = isHaste ? "refusedHaste" : "refused429";
      return { status, key, isFinal: false, waitMs: retryMs(headers) };
    }
    case 503:
      return { status, key: "refused503", isFinal: false, waitMs: retryMs(headers) };
    default:
      return null;
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryMs(headers) {
  const said = headers.get("Retry-After") ?? "";
  const wait = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  // What is no date is no number either.
  return Math.min(Math.max(wait || 0, 0), RETRY_MS_MAX);
}
