//! What one address may have: so many connections at a time, so many opening handshakes per second.
//! Owns the count of both. An address of IPv6 counts as its /64; all who have none, as they come
//! over Unix sockets, count as one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockeye_hub::{Bucket, Rate};

use crate::clock::Clock;
use crate::complaint::Complaint;
use crate::excess::Excess;
use crate::limits::{GUESTS_SWEEP_MIN, HANDSHAKES_BURST_SECONDS, TURNED_AWAY_PER_ADDRESS_MAX};
use crate::network::{Trust, household};

/// The book of guests.
#[derive(Clone, Debug)]
pub(crate) struct Guests {
    book: Arc<Book>,
}

#[derive(Debug)]
struct Book {
    connections_max: u32,
    handshakes: Rate,
    /// What the buckets are told the time by.
    clock: Clock,
    pages: Mutex<Pages>,
}

#[derive(Debug)]
struct Pages {
    guests: HashMap<Option<IpAddr>, Guest>,
    /// At so many of them those are looked for that nothing is to be remembered of.
    sweep_at: usize,
    /// That one has too many connections.
    complaint: Complaint,
    /// That one opens WebSockets too fast.
    haste: Complaint,
}

/// What is remembered of an address.
#[derive(Debug, Default)]
struct Guest {
    connections: u32,
    /// Those beyond the bound that are being told so.
    turned_away: u32,
    handshakes: Bucket,
}

/// A connection of a guest, which is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Stay {
    book: Arc<Book>,
    address: Option<IpAddr>,
    /// Whether it is beyond the bound, and is only told so.
    is_turned_away: bool,
}

impl Guests {
    /// At most `connections_max` at a time and `rate_max` handshakes per second for each address.
    pub(crate) fn new(connections_max: u32, rate_max: u32) -> Self {
        let pages = Pages {
            guests: HashMap::new(),
            sweep_at: GUESTS_SWEEP_MIN,
            complaint: Complaint::default(),
            haste: Complaint::default(),
        };
        let handshakes = Rate {
            burst: rate_max.saturating_mul(HANDSHAKES_BURST_SECONDS.into()),
            per_second: rate_max,
        };
        Self {
            book: Arc::new(Book {
                connections_max,
                handshakes,
                clock: Clock::new(),
                pages: Mutex::new(pages),
            }),
        }
    }

    /// Lets one more connection of `address` in.
    ///
    /// # Errors
    /// If it has as many as it may.
    pub(crate) fn enter(&self, address: Option<IpAddr>) -> Result<Stay, Excess> {
        let address = address.map(household);
        let (now, mut pages) = (self.book.clock.now(), self.book.lock());
        let guest = pages.guest(address, now);
        if let Err(full) = self.book.check(guest) {
            let is_due = pages.complaint.is_due();
            drop(pages);
            if is_due {
                report_crowd(address, self.book.connections_max);
            }
            return Err(full);
        }
        guest.connections += 1;
        Ok(self.stay(address, false))
    }

    /// Lets a connection in that is one too many, to be told so, if not too many are.
    pub(crate) fn enter_to_be_turned_away(&self, address: Option<IpAddr>) -> Option<Stay> {
        let address = address.map(household);
        let (now, mut pages) = (self.book.clock.now(), self.book.lock());
        let guest = pages.guest(address, now);
        if guest.turned_away >= TURNED_AWAY_PER_ADDRESS_MAX {
            return None;
        }
        guest.turned_away += 1;
        Some(self.stay(address, true))
    }

    fn stay(&self, address: Option<IpAddr>, is_turned_away: bool) -> Stay {
        Stay {
            book: Arc::clone(&self.book),
            address,
            is_turned_away,
        }
    }

    /// Whether [`enter`](Self::enter) would let one more connection in. Nothing is counted.
    pub(crate) fn could_enter(&self, address: Option<IpAddr>) -> Result<(), Excess> {
        let pages = self.book.lock();
        let guest = pages.guests.get(&address.map(household));
        guest.map_or(Ok(()), |guest| self.book.check(guest))
    }

    /// Counts one more opening handshake of `address`.
    ///
    /// # Errors
    /// If that is one too many for now.
    pub(crate) fn shake_hands(&self, address: Option<IpAddr>) -> Result<(), Excess> {
        let address = address.map(household);
        let (now, mut pages) = (self.book.clock.now(), self.book.lock());
        let taken = self
            .book
            .take(now, &mut pages.guest(address, now).handshakes);
        let is_due = taken.is_err() && pages.haste.is_due();
        drop(pages);
        if is_due {
            report_haste(address, self.book.handshakes.per_second);
        }
        taken
    }

    /// Whether [`shake_hands`](Self::shake_hands) would allow one more. Nothing is counted.
    pub(crate) fn could_shake_hands(&self, address: Option<IpAddr>) -> Result<(), Excess> {
        let (now, pages) = (self.book.clock.now(), self.book.lock());
        let bucket = pages.guests.get(&address.map(household));
        let mut bucket = bucket.map(|guest| guest.handshakes).unwrap_or_default();
        self.book.take(now, &mut bucket)
    }
}

impl Pages {
    fn guest(&mut self, address: Option<IpAddr>, now: Duration) -> &mut Guest {
        if self.guests.len() >= self.sweep_at {
            self.guests.retain(|_, guest| !guest.is_forgettable(now));
            // Twice as many as had to stay: so each sweep is paid for by as many entries.
            self.sweep_at = (self.guests.len() * 2).max(GUESTS_SWEEP_MIN);
        }
        self.guests.entry(address).or_default()
    }
}

impl Guest {
    /// Whether it is as if it had never come.
    fn is_forgettable(&self, now: Duration) -> bool {
        self.connections == 0 && self.turned_away == 0 && self.handshakes.is_full(now)
    }
}

impl Book {
    /// Whether a guest may have one more connection.
    fn check(&self, guest: &Guest) -> Result<(), Excess> {
        let has_room = guest.connections < self.connections_max;
        let full = Excess::Address(self.connections_max);
        has_room.then_some(()).ok_or(full)
    }

    /// Takes a handshake out of a guest's bucket.
    fn take(&self, now: Duration, bucket: &mut Bucket) -> Result<(), Excess> {
        let taken = bucket.take(now, self.handshakes, 1);
        taken.map_err(|_| Excess::Handshakes(self.handshakes.per_second))
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        // Nothing panics under the lock.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(guest) = self.book.lock().guests.get_mut(&self.address) {
            let count = if self.is_turned_away {
                &mut guest.turned_away
            } else {
                &mut guest.connections
            };
            *count -= 1;
        }
    }
}

/// Says that an address has all its connections. Not under the lock: a log may be slow.
fn report_crowd(address: Option<IpAddr>, max: u32) {
    let address = words(address);
    tracing::warn!(
        %address,
        max,
        "has as many connections as an address may; if it is a proxy, name it in proxy.trusted"
    );
}

/// Says that an address is too fast. Not under the lock either.
fn report_haste(address: Option<IpAddr>, max: u32) {
    let address = words(address);
    tracing::warn!(
        %address,
        max,
        "opens more WebSockets in a second than an address may; if it is a proxy, name it in \
         proxy.trusted"
    );
}

/// The address for the log; of a Unix socket the word that `proxy.trusted` has for it.
fn words(address: Option<IpAddr>) -> String {
    address.map_or_else(|| Trust::Unix.to_string(), |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::time::advance;

    use super::*;
    use crate::overheard::Overheard;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    /// If this fails, one address takes all connections, or with another one of its network as many
    /// again.
    #[tokio::test]
    async fn address_has_so_many_connections_and_others_have_theirs() {
        let guests = Guests::new(2, 1);
        let one = address("2001:db8::1");
        let first = guests.enter(one).unwrap();
        let _second = guests.enter(address("2001:db8::2")).unwrap();
        let full = Excess::Address(2);
        assert_eq!(guests.enter(one).unwrap_err(), full, "its /64 has two");
        assert!(guests.enter(address("2001:db8:0:1::1")).is_ok());
        assert_eq!(guests.could_enter(one), Err(full));
        assert_eq!(guests.could_enter(address("192.0.2.1")), Ok(()));
        drop(first);
        assert_eq!(guests.could_enter(one), Ok(()));
        assert!(guests.enter(one).is_ok());
    }

    /// If this fails, an address gets more connections than it may by being turned away, or pages
    /// of a full one never learn why.
    #[tokio::test]
    async fn few_are_let_in_to_be_told_that_they_are_too_many() {
        let guests = Guests::new(1, 1);
        let one = address("192.0.2.1");
        let inside = guests.enter(one).unwrap();
        let told = || guests.enter_to_be_turned_away(one);
        let mut turned_away: Vec<_> = std::iter::from_fn(told).collect();
        let len_max = usize::try_from(TURNED_AWAY_PER_ADDRESS_MAX).unwrap();
        assert_eq!(turned_away.len(), len_max);
        drop(inside);
        assert!(guests.enter(one).is_ok(), "they are none of its own");
        turned_away.pop();
        assert!(told().is_some(), "one was told and left");
    }

    /// If this fails, one address keeps the server busy with handshakes, or a page with some tabs
    /// is refused.
    #[tokio::test(start_paused = true)]
    async fn handshakes_come_in_a_burst_and_then_at_their_rate() {
        let guests = Guests::new(1, 2);
        let one = address("192.0.2.1");
        let burst = 2 * HANDSHAKES_BURST_SECONDS;
        for _ in 0..burst {
            assert_eq!(
                guests.could_shake_hands(one),
                Ok(()),
                "asking costs nothing"
            );
            assert_eq!(guests.shake_hands(one), Ok(()));
        }
        let heard = Overheard::new();
        let haste = Err(Excess::Handshakes(2));
        assert_eq!(guests.could_shake_hands(one), haste);
        assert_eq!(guests.shake_hands(one), haste);
        assert_eq!(guests.shake_hands(one), haste, "and not told again");
        let lines = heard.lines("opens more WebSockets in a second");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].ends_with(" address=192.0.2.1 max=2"), "{lines:?}");
        assert_eq!(guests.shake_hands(address("192.0.2.2")), Ok(()));
        advance(Duration::from_millis(500)).await;
        assert_eq!([(); 2].map(|()| guests.shake_hands(one)), [Ok(()), haste]);
        advance(Duration::from_secs(3600)).await;
        let count = (0..=burst)
            .filter(|_| guests.shake_hands(one).is_ok())
            .count();
        assert_eq!(count, usize::from(burst), "never more than the burst");
    }

    /// An attacker with many addresses must not fill the memory.
    #[tokio::test(start_paused = true)]
    async fn guests_that_left_are_forgotten() {
        let guests = Guests::new(1, 1);
        let stay = guests.enter(address("192.0.2.1")).unwrap();
        for number in 0..100_000 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(number));
            assert!(guests.enter(Some(address)).is_ok());
            assert!(guests.book.lock().guests.len() <= GUESTS_SWEEP_MIN);
        }
        assert!(
            guests.enter(address("192.0.2.1")).is_err(),
            "it is still there"
        );
        drop(stay);
        assert!(guests.enter(address("192.0.2.1")).is_ok());
    }

    /// If this fails, whoever reaches a Unix socket has no bound but that of all together, or the
    /// log names none.
    #[tokio::test(start_paused = true)]
    async fn all_without_an_address_count_as_one() {
        let guests = Guests::new(1, 1);
        let inside = guests.enter(None).unwrap();
        let heard = Overheard::new();
        assert_eq!(guests.enter(None).unwrap_err(), Excess::Address(1));
        assert!(guests.enter(address("192.0.2.1")).is_ok());
        let lines = heard.lines("has as many connections");
        assert!(lines[0].contains("address=unix"), "{lines:?}");
        drop(inside);
        assert!(guests.enter(None).is_ok());
        for _ in 0..HANDSHAKES_BURST_SECONDS {
            assert_eq!(guests.shake_hands(None), Ok(()));
        }
        assert_eq!(guests.shake_hands(None), Err(Excess::Handshakes(1)));
    }
}
