//! The `handshakes` mode: what opening a connection costs, when each is closed at once.
//!
//! Several open at the same time and go through each step together, so that a server finds more
//! than one thing to do when it wakes up. Every answer is checked. A reset closes them, which
//! leaves no port behind.

use std::time::{Duration, Instant};

use crate::handshake::Dialer;
use crate::link::Link;
use crate::options::{Framing, Options};
use bench_meter::{own_cpu_ns, settled_cpu_ns};

/// How many open together.
const WINDOW: usize = 32;

/// Runs the mode and returns its line.
///
/// # Errors
///
/// The first thing that a server did wrong.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    let dialer = Dialer::new(options)?;
    if !options.warm_up.is_zero() {
        open_for(&dialer, options, options.warm_up)?;
    }

    let server_before = settled_cpu_ns(&options.pids)?;
    let own_before = own_cpu_ns();
    let begin = Instant::now();
    let count = open_for(&dialer, options, options.measure)?;
    let elapsed = begin.elapsed();
    let own_ns = own_cpu_ns() - own_before;
    let server_ns = settled_cpu_ns(&options.pids)? - server_before;

    Ok(format!(
        "handshakes={count} elapsed_ns={} server_cpu_ns={server_ns} own_cpu_ns={own_ns}",
        elapsed.as_nanos(),
    ))
}

/// Opens and closes for so long, at least once, and returns how many there were.
fn open_for(dialer: &Dialer<'_>, options: &Options, duration: Duration) -> Result<usize, String> {
    let begin = Instant::now();
    let mut count = 0;
    while count == 0 || begin.elapsed() < duration {
        open_together(dialer, options.framing)?;
        count += WINDOW;
    }
    Ok(count)
}

/// Opens as many as open together. A raw server is connected to, in TLS up to where it has finished
/// its handshake as well, and asked nothing.
fn open_together(dialer: &Dialer<'_>, framing: Framing) -> Result<(), String> {
    let mut links = (0..WINDOW)
        .map(|index| dialer.begin(index))
        .collect::<Result<Vec<_>, _>>()?;
    each(&mut links, |link| {
        link.finish_tls().map_err(|error| error.to_string())
    })?;
    if framing == Framing::Raw {
        return each(&mut links, |link| {
            link.await_tickets().map_err(|error| error.to_string())
        });
    }
    each(&mut links, |link| dialer.ask(link))?;
    each(&mut links, |link| dialer.answer(link))
}

fn each(
    links: &mut [Link],
    step: impl FnMut(&mut Link) -> Result<(), String>,
) -> Result<(), String> {
    links
        .iter_mut()
        .try_for_each(step)
        .map_err(|error| format!("a handshake fails: {error}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn raw_connections_are_counted_and_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = thread::spawn(move || {
            (0..WINDOW).for_each(|_| drop(listener.accept().unwrap()));
        });
        let line = format!("handshakes --address {address} --pid 1 --framing raw");
        let options = Options::parse(line.split_whitespace().map(str::to_owned)).unwrap();
        let dialer = Dialer::new(&options).unwrap();
        assert_eq!(open_for(&dialer, &options, Duration::ZERO), Ok(WINDOW));
        accepting.join().unwrap();
    }
}
