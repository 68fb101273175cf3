//! What one user may have: so many WebSockets at a time, wherever they come from. Owns the count.
//! Nobody is counted who is nobody in particular; addresses have a bound of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

    /// How many each user may have.
    pub(crate) fn connections_max(&self) -> u32 {
        self.hall.connections_max
    }

    /// Lets one more WebSocket of `user` in, unless there are as many as there may be.
    pub(crate) fn enter(&self, user: &str) -> Option<Attendance> {
        let mut counts = self.hall.lock();
        let count = counts.entry(user.to_owned()).or_default();
        if *count >= self.hall.connections_max {
            return None;
        }
        *count += 1;
        Some(Attendance {
            hall: Arc::clone(&self.hall),
            user: user.to_owned(),
        })
    }

    /// Whether [`enter`](Self::enter) would let one more in.
    pub(crate) fn could_enter(&self, user: &str) -> bool {
        let counts = self.hall.lock();
        let count = counts.get(user).copied().unwrap_or_default();
        count < self.hall.connections_max
    }
}

impl Hall {
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

    #[test]
    fn user_has_so_many_and_others_have_theirs_and_nobody_stays_in_memory() {
        let members = Members::new(2);
        let first = members.enter("jo").unwrap();
        let second = members.enter("jo").unwrap();
        assert!(members.enter("jo").is_none());
        assert!(!members.could_enter("jo") && members.could_enter("joe"));
        let other = members.enter("joe").unwrap();
        drop(first);
        let third = members.enter("jo").unwrap();
        assert!(members.enter("jo").is_none());
        drop((second, third, other));
        assert!(members.hall.lock().is_empty());
    }
}
