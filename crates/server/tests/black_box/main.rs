//! The server from outside, over real sockets: pages (`asset`, `response`), upgrades,
//! bounds, and how a `worker` stops.

mod bounds;
mod echo;
mod pages;
mod site;
mod tls;
