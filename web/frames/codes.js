// Names of close codes and flags as RFC 6455 has them (sections 5.2, 7.4.1 and 11.7) and the registry
// that it began. They are names, the same in every language.

const CODES = {
  1000: "Normal Closure",
  1001: "Going Away",
  1002: "Protocol error",
  1003: "Unsupported Data",
  1005: "No Status Rcvd",
  1006: "Abnormal Closure",
  1007: "Invalid frame payload data",
  1008: "Policy Violation",
  1009: "Message Too Big",
  1010: "Mandatory Ext.",
  1011: "Internal Error",
  1012: "Service Restart",
  1013: "Try Again Later",
  1014: "Bad Gateway",
  1015: "TLS handshake",
};

const FLAGS = [
  [0x80, "FIN"],
  [0x40, "RSV1"],
  [0x20, "RSV2"],
  [0x10, "RSV3"],
];

/** The code with its registered name, if it has one. */
export function nameOfCode(code) {
  return code in CODES ? `${code} ${CODES[code]}` : String(code);
}

/** The flags that are set in a frame's first byte. */
export function flagsOf(firstByte) {
  return FLAGS.filter(([bit]) => firstByte & bit)
    .map(([, name]) => name)
    .join(" ");
}
