//! The command as a person runs it, against our own servers: `flags`, `failure` and `output` with
//! every verb, and each verb in a file of its name.

mod arguments;
mod configuration;
mod connect;
mod echo;
mod ending;
mod files;
mod guides;
mod load;
mod page;
mod process;
mod run;
mod serve;
mod tls;
