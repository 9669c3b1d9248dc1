//! One socket, with or without TLS.
//!
//! *Holds*: a read takes what is there and no more than its room; a write takes from the front
//! of the outbox what the socket takes.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::pki_types::CertificateDer;

use super::Target;
use crate::engine::{Key, Peer};

/// What a read came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// There is nothing more now.
    Drained,
    /// There may be more.
    More,
    /// The handshake is over.
    Known,
    /// There will be nothing more.
    Ended,
}

pub(super) struct Socket {
    stream: TcpStream,
    tls: Option<rustls::Connection>,
    key: Option<Key>,
    /// The listener that accepted it, and from where; `None` for one that we opened.
    accepted_by: Option<(usize, SocketAddr)>,
    peer: Option<Peer>,
    is_connecting: bool,
    since: Duration,
    /// What of the outbox was written; the rest follows.
    written: usize,
}

/// Encrypted bytes that may wait for the socket before no more are encrypted.
const TLS_BUFFER: usize = 256 << 10;
/// Read at once during a handshake.
const GREETING_BYTES: usize = 4 << 10;

impl Socket {
    pub(super) fn accepted(
        stream: TcpStream,
        address: SocketAddr,
        listener: usize,
        tls: Option<rustls::ServerConnection>,
        now: Duration,
    ) -> Self {
        // Small frames must not wait for others; where it fails, calls are slower.
        let _ = stream.set_nodelay(true);
        let tls = tls.map(rustls::Connection::Server).map(bounded);
        Self {
            stream,
            tls,
            key: None,
            accepted_by: Some((listener, address)),
            peer: None,
            is_connecting: false,
            since: now,
            written: 0,
        }
    }

    pub(super) fn connecting(target: Target, key: Key, now: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address)?;
        let _ = stream.set_nodelay(true);
        let tls = match target.tls {
            None => None,
            Some((config, name)) => {
                let session = rustls::ClientConnection::new(config, name);
                Some(bounded(session.map_err(io::Error::other)?.into()))
            }
        };
        Ok(Self {
            stream,
            tls,
            key: Some(key),
            accepted_by: None,
            peer: None,
            is_connecting: true,
            since: now,
            written: 0,
        })
    }

    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut self.stream, token, Interest::READABLE | Interest::WRITABLE)
    }

    pub(super) fn close(&mut self, registry: &Registry) {
        if let Some(tls) = &mut self.tls {
            // The peer should know that nothing was cut off; whether it hears is its own matter.
            tls.send_close_notify();
            let _ = tls.write_tls(&mut self.stream);
        }
        let _ = registry.deregister(&mut self.stream);
    }

    pub(super) fn key(&self) -> Option<Key> {
        self.key
    }

    pub(super) fn peer(&self) -> Option<Peer> {
        self.peer
    }

    pub(super) fn accepted_by(&self) -> Option<(usize, SocketAddr)> {
        self.accepted_by
    }

    pub(super) fn introduce(&mut self, key: Key, peer: Peer) {
        self.key = Some(key);
        self.peer = Some(peer);
    }

    pub(super) fn certificates(&self) -> Option<&[CertificateDer<'static>]> {
        self.tls.as_ref()?.peer_certificates()
    }

    fn is_handshaking(&self) -> bool {
        self.is_connecting || self.tls.as_ref().is_some_and(|tls| tls.is_handshaking())
    }

    pub(super) fn is_slow(&self, now: Duration, most: Duration) -> bool {
        (self.key.is_none() || self.is_handshaking()) && now.saturating_sub(self.since) >= most
    }

    /// A connection that was being opened is open, or failed.
    pub(super) fn finish_connecting(&mut self) -> io::Result<()> {
        if !self.is_connecting {
            return Ok(());
        }
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        match self.stream.peer_addr() {
            Ok(_) => self.is_connecting = false,
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Reads until who is there is known. A caller in plaintext is known at once.
    pub(super) fn greet(&mut self, room: &mut [u8]) -> Progress {
        let Some(tls) = &mut self.tls else { return Progress::Known };
        if !tls.is_handshaking() {
            return Progress::Known;
        }
        // What follows the handshake waits in the session, so it must not be much.
        match self.stream.read(&mut room[..GREETING_BYTES]) {
            Ok(0) => Progress::Ended,
            Ok(count) => {
                let mut bytes = &room[..count];
                while !bytes.is_empty() {
                    if tls.read_tls(&mut bytes).is_err() || tls.process_new_packets().is_err() {
                        // The alert that says why.
                        let _ = tls.write_tls(&mut self.stream);
                        return Progress::Ended;
                    }
                }
                if tls.is_handshaking() { Progress::More } else { Progress::Known }
            }
            Err(error) => at_error(&error),
        }
    }

    /// Reads once, and gives what was read to `take`.
    pub(super) fn read(&mut self, room: &mut [u8], mut take: impl FnMut(&[u8])) -> Progress {
        if self.is_connecting {
            return Progress::Drained;
        }
        if let Some(tls) = &mut self.tls
            && !give(tls, &mut take)
        {
            return Progress::Ended;
        }
        let count = match self.stream.read(room) {
            Ok(0) => return Progress::Ended,
            Ok(count) => count,
            Err(error) => return at_error(&error),
        };
        let is_all = count < room.len();
        match &mut self.tls {
            None => take(&room[..count]),
            Some(tls) => {
                let mut bytes = &room[..count];
                while !bytes.is_empty() {
                    let read =
                        tls.read_tls(&mut bytes).is_ok() && tls.process_new_packets().is_ok();
                    if !read {
                        let _ = tls.write_tls(&mut self.stream);
                        return Progress::Ended;
                    }
                    if !give(tls, &mut take) {
                        return Progress::Ended;
                    }
                }
            }
        }
        if is_all { Progress::Drained } else { Progress::More }
    }

    pub(super) fn owes_writes(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Writes as much as the socket takes; `true` when that was all.
    pub(super) fn write(&mut self, outbox: &mut Vec<u8>) -> io::Result<bool> {
        if self.is_connecting {
            return Ok(false);
        }
        let Some(tls) = &mut self.tls else {
            while self.written < outbox.len() {
                match self.stream.write(&outbox[self.written..]) {
                    Ok(count) => self.written += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        outbox.drain(..std::mem::take(&mut self.written));
                        return retry_later(error);
                    }
                }
            }
            outbox.clear();
            self.written = 0;
            return Ok(true);
        };
        loop {
            if !tls.is_handshaking() && self.written < outbox.len() {
                self.written += tls.writer().write(&outbox[self.written..])?;
                if self.written == outbox.len() {
                    outbox.clear();
                    self.written = 0;
                }
            }
            if !tls.wants_write() {
                return Ok(outbox.is_empty());
            }
            while tls.wants_write() {
                match tls.write_tls(&mut self.stream) {
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        outbox.drain(..std::mem::take(&mut self.written));
                        return retry_later(error);
                    }
                }
            }
        }
    }
}

fn bounded(mut tls: rustls::Connection) -> rustls::Connection {
    tls.set_buffer_limit(Some(TLS_BUFFER));
    tls
}

/// Gives decrypted bytes on; `false` when the peer has said that there are no more.
fn give(tls: &mut rustls::Connection, take: &mut impl FnMut(&[u8])) -> bool {
    loop {
        let mut reader = tls.reader();
        match reader.fill_buf() {
            Ok([]) => return false,
            Ok(bytes) => {
                take(bytes);
                let count = bytes.len();
                reader.consume(count);
            }
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

fn at_error(error: &io::Error) -> Progress {
    match error.kind() {
        io::ErrorKind::WouldBlock => Progress::Drained,
        io::ErrorKind::Interrupted => Progress::More,
        _ => Progress::Ended,
    }
}

fn retry_later(error: io::Error) -> io::Result<bool> {
    if error.kind() == io::ErrorKind::WouldBlock { Ok(false) } else { Err(error) }
}
