//! The opening handshake as its users see it; one behaviour per file.
//!
//! One binary, as linking is most of what these tests cost.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod additional_headers;
mod chunking;
mod client_refuses_responses;
mod client_sends_request;
mod deflate_on_the_client;
mod deflate_on_the_server;
mod foreign_http_stack;
mod head_faults;
mod head_limits;
mod heads;
mod origins;
mod round_trip;
mod server_accepts;
mod server_refuses_requests;
mod urls;
