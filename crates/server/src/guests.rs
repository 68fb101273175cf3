//! What one address may have: so many connections at a time, so many opening handshakes per second.
//! Owns the count of both. An address of IPv6 counts as its /64; nobody is counted who has none.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::limits::{GUESTS_SWEEP_MIN, HANDSHAKES_BURST_SECONDS, REPORT_PAUSE};
use crate::network::household;

/// The book of guests.
#[derive(Clone, Debug)]
pub(crate) struct Guests {
    book: Arc<Book>,
}

#[derive(Debug)]
struct Book {
    connections_max: u32,
    /// Handshakes per second.
    rate_max: u32,
    pages: Mutex<Pages>,
}

#[derive(Debug)]
struct Pages {
    guests: HashMap<IpAddr, Guest>,
    /// At so many of them those are looked for that nothing is to be remembered of.
    sweep_at: usize,
    /// When it was told last that one has too many connections.
    reported_at: Option<Instant>,
}

/// What is remembered of an address.
#[derive(Debug)]
struct Guest {
    connections: u32,
    /// Handshakes that it may still make at once, which grow with time up to the burst.
    allowance: f64,
    counted_at: Instant,
}

/// A connection of a guest, which is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Stay {
    book: Arc<Book>,
    address: IpAddr,
}

impl Guests {
    /// At most `connections_max` at a time and `rate_max` handshakes per second for each address.
    pub(crate) fn new(connections_max: u32, rate_max: u32) -> Self {
        let pages = Pages {
            guests: HashMap::new(),
            sweep_at: GUESTS_SWEEP_MIN,
            reported_at: None,
        };
        Self {
            book: Arc::new(Book {
                connections_max,
                rate_max,
                pages: Mutex::new(pages),
            }),
        }
    }

    /// Lets one more connection of `address` in, unless it has as many as it may.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Stay> {
        let address = household(address);
        let mut pages = self.book.lock();
        let guest = self.guest(&mut pages, address);
        if guest.connections >= self.book.connections_max {
            pages.report(address);
            return None;
        }
        guest.connections += 1;
        let book = Arc::clone(&self.book);
        Some(Stay { book, address })
    }

    /// Whether `address` may make one more opening handshake now.
    pub(crate) fn may_shake_hands(&self, address: IpAddr) -> bool {
        let mut pages = self.book.lock();
        let guest = self.guest(&mut pages, household(address));
        let has_one = guest.allowance >= 1.0;
        if has_one {
            guest.allowance -= 1.0;
        }
        has_one
    }

    fn guest<'a>(&self, pages: &'a mut Pages, address: IpAddr) -> &'a mut Guest {
        let (now, book) = (Instant::now(), &self.book);
        if pages.guests.len() >= pages.sweep_at {
            pages
                .guests
                .retain(|_, guest| !guest.is_forgettable(book, now));
            // Twice as many as had to stay: so each sweep is paid for by as many entries.
            pages.sweep_at = (pages.guests.len() * 2).max(GUESTS_SWEEP_MIN);
        }
        let guest = pages.guests.entry(address).or_insert_with(|| Guest {
            connections: 0,
            allowance: book.burst(),
            counted_at: now,
        });
        guest.allowance = guest.allowance_at(book, now);
        guest.counted_at = now;
        guest
    }
}

impl Pages {
    /// Says so, though not with every one of a flood.
    fn report(&mut self, address: IpAddr) {
        let is_recent = |at: Instant| at.elapsed() < REPORT_PAUSE;
        if !self.reported_at.is_some_and(is_recent) {
            self.reported_at = Some(Instant::now());
            tracing::warn!(%address, "has as many connections as an address may; if it is a proxy, \
                 name it in proxy.trusted");
        }
    }
}

impl Guest {
    fn allowance_at(&self, book: &Book, now: Instant) -> f64 {
        let seconds = now.duration_since(self.counted_at).as_secs_f64();
        (self.allowance + seconds * f64::from(book.rate_max)).min(book.burst())
    }

    /// Whether it is as if it had never come.
    fn is_forgettable(&self, book: &Book, now: Instant) -> bool {
        self.connections == 0 && self.allowance_at(book, now) >= book.burst()
    }
}

impl Book {
    fn burst(&self) -> f64 {
        f64::from(self.rate_max) * f64::from(HANDSHAKES_BURST_SECONDS)
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        // Nothing panics under the lock.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(guest) = self.book.lock().guests.get_mut(&self.address) {
            guest.connections -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn address_has_so_many_connections_and_others_have_theirs() {
        let guests = Guests::new(2, 1);
        let one = address("2001:db8::1");
        let first = guests.enter(one).unwrap();
        let _second = guests.enter(address("2001:db8::2")).unwrap();
        assert!(guests.enter(one).is_none(), "its /64 has two");
        assert!(guests.enter(address("2001:db8:0:1::1")).is_some());
        drop(first);
        assert!(guests.enter(one).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn handshakes_come_in_a_burst_and_then_at_their_rate() {
        let guests = Guests::new(1, 2);
        let one = address("192.0.2.1");
        let burst = 2 * HANDSHAKES_BURST_SECONDS;
        for _ in 0..burst {
            assert!(guests.may_shake_hands(one));
        }
        assert!(!guests.may_shake_hands(one));
        assert!(guests.may_shake_hands(address("192.0.2.2")));
        advance(Duration::from_millis(500)).await;
        assert!(guests.may_shake_hands(one) && !guests.may_shake_hands(one));
        advance(Duration::from_secs(3600)).await;
        let count = (0..=burst).filter(|_| guests.may_shake_hands(one)).count();
        assert_eq!(count, usize::from(burst), "never more than the burst");
    }

    /// An attacker with many addresses must not fill the memory.
    #[tokio::test(start_paused = true)]
    async fn guests_that_left_are_forgotten() {
        let guests = Guests::new(1, 1);
        let stay = guests.enter(address("192.0.2.1")).unwrap();
        for number in 0..100_000 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(number));
            assert!(guests.enter(address).is_some());
            assert!(guests.book.lock().guests.len() <= GUESTS_SWEEP_MIN);
        }
        assert!(
            guests.enter(address("192.0.2.1")).is_none(),
            "it is still there"
        );
        drop(stay);
        assert!(guests.enter(address("192.0.2.1")).is_some());
    }
}
