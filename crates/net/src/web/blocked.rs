//! Connections that a page may not open: to the ports of other services (Fetch, "block bad port")
//! and in the clear from a page that came over TLS (Mixed Content). Owns both decisions and their
//! words. Opens nothing.

use super::address::Address;

/// Ports of services that would take a request for something else (Fetch, section 2.9).
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// Why the page with this origin may not connect to `address`.
pub(super) fn reason(address: &Address, origin: &str) -> Option<String> {
    // WHATWG websockets §establish-11 step: fetching stops here for a bad port.
    if BAD_PORTS.binary_search(&address.port()).is_ok() {
        return Some(format!(
            "port {} belongs to another service",
            address.port()
        ));
    }
    // DEVIATION: Mixed Content also counts pages on http://localhost as secure; browsers do not, and
    // such a page connects to any ws: URL.
    let is_page_secure = origin.starts_with("https://");
    // WHATWG websockets §establish-12 step: and for what others could read, from a secure page.
    if is_page_secure && !address.is_secure() && !address.is_local() {
        return Some(format!(
            "mixed content: the page came over TLS from {origin}, and this connection has none"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_blocked(url: &str, origin: &str) -> bool {
        reason(&Address::parse(url, None).unwrap(), origin).is_some()
    }

    /// A page could speak to a mail server of its visitor's network.
    #[test]
    fn bad_ports_are_those_of_fetch() {
        // WHATWG websockets §establish-11 TEST
        assert!(BAD_PORTS.is_sorted(), "they are searched for");
        for port in [0, 1, 22, 25, 6000, 6665, 6669, 10080] {
            assert!(is_blocked(&format!("ws://a:{port}/"), "null"), "{port}");
            assert!(is_blocked(&format!("wss://a:{port}/"), "null"), "{port}");
        }
        for url in ["ws://a/", "wss://a/", "ws://a:8080/", "ws://a:65535/"] {
            assert!(!is_blocked(url, "null"), "{url}");
        }
    }

    /// Who listens on the network would read what a secure page says.
    #[test]
    fn secure_page_connects_in_the_clear_only_to_its_own_machine() {
        // WHATWG websockets §establish-12 TEST
        let page = "https://example.com";
        assert!(is_blocked("ws://example.com/", page));
        for url in ["wss://example.com/", "ws://localhost/", "ws://[::1]:8080/"] {
            assert!(!is_blocked(url, page), "{url}");
        }
        for origin in ["http://example.com", "http://localhost", "null"] {
            assert!(!is_blocked("ws://example.com/", origin), "{origin}");
        }
    }
}
