// An HTTP Archive compared with the form that Chromium's developer tools write.

import { equal } from "../interop/lib/checks.mjs";
export async function checkArchive(archive) {
  equal("version", archive.log.version, "1.2");
}
