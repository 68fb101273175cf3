//! The server from outside, over real sockets: pages (`asset`, `answer`, `routes`, `response`),
//! upgrades (`http`, `visit`), bounds, `status`, and how a `worker` stops with all of its `post`.

mod bounds;
mod drain;
mod echo;
mod pages;
#[cfg(unix)]
mod places;
mod site;
mod tls;
