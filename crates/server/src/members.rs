//! What one user may have: so many WebSockets at a time, wherever they come from. Owns the count.
//! Nobody is counted who is nobody in particular; addresses have a bound of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::excess::Excess;

/// Who is there.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    hall: Arc<Hall>,
}

#[derive(Debug)]
struct Hall {
    connections_max: u32,
    /// Those who have any: as many entries as WebSockets at most.
    counts: Mutex<HashMap<String, u32>>,
}

/// A WebSocket of a user, which is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Attendance {
    hall: Arc<Hall>,
    user: String,
}

impl Members {
    /// At most `connections_max` for each user.
    pub(crate) fn new(connections_max: u32) -> Self {
        Self {
            hall: Arc::new(Hall {
                connections_max,
                counts: Mutex::default(),
            }),
        }
    }

    /// Lets one more WebSocket of `user` in.
    ///
    /// # Errors
    /// If there are as many as there may be.
    pub(crate) fn enter(&self, user: &str) -> Result<Attendance, Excess> {
        let mut counts = self.hall.lock();
        let count = counts.get(user).copied().unwrap_or_default();
        self.hall.check(count)?;
        counts.insert(user.to_owned(), count + 1);
        Ok(Attendance {
            hall: Arc::clone(&self.hall),
            user: user.to_owned(),
        })
    }

    /// Whether [`enter`](Self::enter) would let one more in. Nothing is counted.
    pub(crate) fn could_enter(&self, user: &str) -> Result<(), Excess> {
        let count = self.hall.lock().get(user).copied();
        self.hall.check(count.unwrap_or_default())
    }
}

impl Hall {
    /// Whether a user who has `count` may have one more.
    fn check(&self, count: u32) -> Result<(), Excess> {
        let has_room = count < self.connections_max;
        let full = Excess::User(self.connections_max);
        has_room.then_some(()).ok_or(full)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        // Nothing panics under the lock.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        let mut counts = self.hall.lock();
        if let Some(count) = counts.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, one user takes all connections, or each who was ever there costs memory.
    #[test]
    fn user_has_so_many_and_others_have_theirs_and_nobody_stays_in_memory() {
        let members = Members::new(2);
        let first = members.enter("jo").unwrap();
        let second = members.enter("jo").unwrap();
        let full = Excess::User(2);
        assert_eq!(members.enter("jo").unwrap_err(), full);
        assert_eq!(members.could_enter("jo"), Err(full));
        assert_eq!(members.could_enter("joe"), Ok(()));
        let other = members.enter("joe").unwrap();
        drop(first);
        let third = members.enter("jo").unwrap();
        assert!(members.enter("jo").is_err());
        drop((second, third, other));
        assert!(members.hall.lock().is_empty());
    }
}
