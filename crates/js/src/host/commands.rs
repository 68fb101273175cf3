//! What scripts do with the timers and sockets of their page, within its bounds, and what is told
//! of that to whoever watches. Owns no state. Runs no script.

use std::time::Duration;

use rquickjs::{Ctx, Exception, Result};
use sockeye::Message;
use sockeye::web::{Event, Machine};

use super::Host;
use super::functions::thrown;
use crate::limits::{SOCKET_OBJECTS_MAX, SOCKET_TEXTS_LEN_MAX, TIMER_MS_MAX, TIMERS_MAX};
use crate::sockets::Socket;
use crate::watch::Happening;

impl Host {
    pub(super) fn start_timer(&self, ctx: &Ctx<'_>, id: u32, ms: f64) -> Result<()> {
        // Not a number is no time, as in browsers.
        let ms = if ms.is_nan() {
            0.0
        } else {
            ms.clamp(0.0, TIMER_MS_MAX)
        };
        let after = Duration::from_secs_f64(ms / 1000.0);
        if self.timers.borrow_mut().start(id, self.now(), after) {
            self.nudge.nudge();
            Ok(())
        } else {
            Err(Exception::throw_range(
                ctx,
                &format!("too many timers: a page has at most {TIMERS_MAX}"),
            ))
        }
    }

    pub(super) fn open(&self, ctx: &Ctx<'_>, url: &str, protocols: Vec<String>) -> Result<u32> {
        let protocols_len: usize = protocols.iter().map(String::len).sum();
        let machine = Machine::new(url, protocols.into(), &self.settings);
        let machine = machine.map_err(|exception| thrown(ctx, &exception))?;
        let dial = self.dial.clone();
        let texts_len = machine.url().len().saturating_add(protocols_len);
        let id = self.sockets.borrow_mut().add(machine, dial, texts_len);
        let id = id.ok_or_else(|| {
            let text = format!(
                "too many sockets: a page has at most {SOCKET_OBJECTS_MAX}, with addresses of \
                 {SOCKET_TEXTS_LEN_MAX} bytes"
            );
            Exception::throw_range(ctx, &text)
        })?;
        self.nudge.nudge();
        if let Some(watched) = &self.watched {
            watched.made(id, self.now());
        }
        Ok(id)
    }

    pub(super) fn send(&self, ctx: &Ctx<'_>, id: u32, message: Message) -> Result<()> {
        let sent = self.ask(ctx, id, |socket| socket.machine.send(message))?;
        sent.map_err(|exception| thrown(ctx, &exception))?;
        if let Some(watched) = &self.watched {
            watched.sent(id, self.now());
        }
        Ok(())
    }

    pub(super) fn collect(&self, id: u32) {
        self.sockets.borrow_mut().collect(id);
        if let Some(watched) = &self.watched {
            watched.collected(id);
        }
    }

    /// An event is about to fire at a socket.
    pub(crate) fn fired(&self, id: u32, event: &Event) {
        if let Some(watched) = &self.watched {
            watched.fired(id, event, self.now());
        }
    }

    /// Whether somebody wants to hear what sockets do.
    pub(super) fn is_watched(&self) -> bool {
        self.watched.is_some()
    }

    /// A socket of a worker did something, or a script left an exception to nobody.
    pub(crate) fn tell(&self, happening: Happening) {
        if let Some(watched) = &self.watched {
            watched.tell(happening);
        }
    }

    /// What `ask` answers of the socket with this number.
    pub(super) fn ask<R>(
        &self,
        ctx: &Ctx<'_>,
        id: u32,
        ask: impl FnOnce(&mut Socket) -> R,
    ) -> Result<R> {
        let mut sockets = self.sockets.borrow_mut();
        let socket = sockets.get(id);
        let socket = socket.ok_or_else(|| Exception::throw_type(ctx, "there is no such socket"))?;
        let answer = ask(socket);
        socket.command();
        Ok(answer)
    }

    pub(super) fn close(&self, ctx: &Ctx<'_>, id: u32, code: i32, reason: &str) -> Result<()> {
        // Negative for none; the prelude clamps it to 16 bits.
        let code = u16::try_from(code).ok();
        let closed = self.ask(ctx, id, |socket| socket.machine.close(code, reason))?;
        closed.map_err(|exception| thrown(ctx, &exception))
    }
}
