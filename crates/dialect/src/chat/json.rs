//! MDN's chat: JSON objects with a `type`. Names are unique in a room, and a client that was cut
//! off says what it saw last and is told whether it got the rest. What MDN's page does not know is
//! in types and fields of its own, which that page ignores. Never alters what people say.

mod fault;
mod incoming;
mod naming;
mod outgoing;
mod session;
mod surrogates;

pub(super) use outgoing::encode;
pub(super) use session::Json;
