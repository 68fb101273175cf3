//! The server's modules, from where they are. Owns nothing that runs.

#[path = "../../../crates/server/src/node"]
pub(crate) mod node {
    pub(crate) mod mailbox;
}

#[path = "../../../crates/server/src/engine"]
pub(crate) mod engine {
    pub(crate) mod inbox;
}
