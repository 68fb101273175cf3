// Whom a browser trusts: a directory that is made for one run of it, with the authority that
// SSL_CERT_FILE names in an NSS database, as both Firefox and Chromium read one.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

// Runs `body` with the path of a fresh directory, whose folder `database` has the authority.
export async function withTrust(database, body) {
  const directory = await mkdtemp(join(tmpdir(), "sockeye-browser-"));
  try {
    const path = join(directory, database);
    await mkdir(path, { recursive: true });
    await run("certutil", ["-N", "-d", `sql:${path}`, "--empty-password"]);
    const authority = ["-n", "interop", "-t", "C,,", "-i", process.env.SSL_CERT_FILE];
    await run("certutil", ["-A", "-d", `sql:${path}`, ...authority]);
    return await body(directory);
  } finally {
    // A browser's last process may still be writing.
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
