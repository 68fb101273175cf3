//! The floor: a TCP echo straight on epoll, with one buffer for all connections and no runtime.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;

/// As in the echo on tokio, so that the two differ by the runtime only.
const BUFFER_LEN: usize = 64 * 1024;

/// The events of one wait.
const EVENTS_MAX: usize = 256;

/// The listener's key; connections are numbered from the next one.
const LISTENER: u64 = 0;

/// A connection and what the kernel has not taken of its echo yet.
struct Connection {
    stream: TcpStream,
    rest: Vec<u8>,
    /// How much of `rest` went out since.
    sent: usize,
    /// What epoll was last told to report.
    interest: EventFlags,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        let interest = EventFlags::IN;
        Self {
            stream,
            rest: Vec::new(),
            sent: 0,
            interest,
        }
    }
}

pub(crate) fn run(listener: &TcpListener) -> Result<()> {
    listener.set_nonblocking(true)?;
    let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(
        &poller,
        listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    let mut connections = HashMap::new();
    let mut accepted = LISTENER;
    let mut buffer = vec![0; BUFFER_LEN];
    let mut events = Vec::with_capacity(EVENTS_MAX);
    loop {
        epoll::wait(&poller, spare_capacity(&mut events), None)?;
        for event in events.drain(..) {
            let key = event.data.u64();
            if key == LISTENER {
                accept_all(listener, &poller, &mut connections, &mut accepted)?;
            } else if let Some(connection) = connections.get_mut(&key) {
                let open = turn(connection, &mut buffer).unwrap_or(false);
                if !open || watch(&poller, key, connection).is_err() {
                    connections.remove(&key);
                }
            }
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    poller: &OwnedFd,
    connections: &mut HashMap<u64, Connection>,
    accepted: &mut u64,
) -> Result<()> {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        *accepted += 1;
        epoll::add(
            poller,
            &stream,
            EventData::new_u64(*accepted),
            EventFlags::IN,
        )?;
        connections.insert(*accepted, Connection::new(stream));
    }
}

/// One write of what is left, or one read and one write; `false` when the peer is done.
fn turn(connection: &mut Connection, buffer: &mut [u8]) -> Result<bool> {
    if connection.sent < connection.rest.len() {
        connection.sent += write(&connection.stream, &connection.rest[connection.sent..])?;
        return Ok(true);
    }
    let len = match connection.stream.read(buffer) {
        Ok(0) => return Ok(false),
        Ok(len) => len,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
        Err(error) => return Err(error),
    };
    let written = write(&connection.stream, &buffer[..len])?;
    connection.sent = 0;
    connection.rest.clear();
    connection.rest.extend_from_slice(&buffer[written..len]);
    Ok(true)
}

/// Waits for room while an echo is unfinished, for input otherwise.
fn watch(poller: &OwnedFd, key: u64, connection: &mut Connection) -> Result<()> {
    let interest = if connection.sent < connection.rest.len() {
        EventFlags::OUT
    } else {
        EventFlags::IN
    };
    if interest != connection.interest {
        epoll::modify(
            poller,
            &connection.stream,
            EventData::new_u64(key),
            interest,
        )?;
        connection.interest = interest;
    }
    Ok(())
}

fn write(mut stream: &TcpStream, bytes: &[u8]) -> Result<usize> {
    match stream.write(bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        result => result,
    }
}
