//! Moves bytes between sockets and an engine, on one thread.
//!
//! One read for each connection that has something, one write for each that got something, and
//! nothing else: no task, no lock, no wake-up per call.
//!
//! *Does not* decide whom to trust: a [`Links`] does. — *Holds*: handshakes are bounded in
//! number and in time; what a socket does not take stays in the engine's outbox, where windows
//! bound it.

mod listener;
mod remote;
mod socket;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Token};
use rustls::pki_types::{CertificateDer, ServerName};

use crate::engine::{Command, Director, Endpoint, Engine, Key, Peer};
pub use listener::Listener;
use remote::Inbox;
pub use remote::Remote;
use socket::{Progress, Socket};

/// Where an endpoint is, and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its address.
    pub address: SocketAddr,
    /// How it proves who it is; `None` for plaintext.
    pub tls: Option<(Arc<rustls::ClientConfig>, ServerName<'static>)>,
}

/// Who is at the other end of a connection.
pub trait Links: Director {
    /// Who was accepted by a listener, with what it showed; `None` to turn it away.
    fn peer(
        &mut self,
        listener: usize,
        address: SocketAddr,
        certificates: Option<&[CertificateDer<'_>]>,
    ) -> Option<Peer>;

    /// A connection that was accepted is gone.
    fn left(&mut self, peer: Peer);

    /// Where an endpoint is; `None` when nobody knows any more.
    fn target(&mut self, endpoint: Endpoint) -> Option<Target>;
}

/// What one driver may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Connections that are accepted at a time.
    pub max_accepted: usize,
    /// Of those, such that have not said who they are.
    pub max_handshakes: usize,
    /// How long a TLS handshake or a connection attempt may take.
    pub handshake_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_accepted: 10_000,
            max_handshakes: 500,
            handshake_timeout: Duration::from_secs(5),
        }
    }
}

/// One thread's sockets and their engine. It stays on the thread that made it; its [`Remote`]
/// goes wherever it is needed.
pub struct Worker<D> {
    config: Config,
    engine: Engine<D>,
    poll: Poll,
    start: Instant,
    listeners: Vec<Listener>,
    sockets: Vec<Option<Socket>>,
    free: Vec<usize>,
    /// By the place of an engine's key: which socket it has.
    by_key: Vec<usize>,
    accepted: usize,
    handshakes: usize,
    next_care: Duration,
    inbox: Inbox<D>,
    room: Vec<u8>,
    dirty: Vec<Key>,
}

/// The most that is read from one socket before others have their turn.
const READ_BYTES: usize = 128 << 10;
const WAKER: Token = Token(usize::MAX);
const LISTENERS: usize = usize::MAX / 2;

impl<D: Links> Worker<D> {
    /// A worker that listens nowhere yet, and what others reach it by.
    ///
    /// # Errors
    /// When the system gives us nothing to wait on.
    pub fn new(
        config: Config,
        engine: crate::engine::Config,
        director: D,
        seed: u64,
    ) -> io::Result<(Self, Remote<D>)> {
        let poll = Poll::new()?;
        let (inbox, remote) = remote::channel(&poll, WAKER)?;
        let worker = Self {
            config,
            engine: Engine::new(engine, director, seed, Duration::ZERO),
            poll,
            start: Instant::now(),
            listeners: Vec::new(),
            sockets: Vec::new(),
            free: Vec::new(),
            by_key: Vec::new(),
            accepted: 0,
            handshakes: 0,
            next_care: Duration::ZERO,
            inbox,
            room: vec![0; READ_BYTES],
            dirty: Vec::new(),
        };
        Ok((worker, remote))
    }

    /// Accepts on one more listener.
    ///
    /// # Errors
    /// When the system cannot watch it.
    pub fn listen(&mut self, mut listener: Listener) -> io::Result<()> {
        listener.register(self.poll.registry(), Token(LISTENERS + self.listeners.len()))?;
        self.listeners.push(listener);
        Ok(())
    }

    /// What moves frames and asks the director.
    pub fn engine(&mut self) -> &mut Engine<D> {
        &mut self.engine
    }

    /// Monotonic time as the engine knows it.
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Takes no new connections, and lets those that are here end.
    pub fn drain(&mut self) {
        for listener in self.listeners.drain(..) {
            listener.close(self.poll.registry());
        }
        let now = self.now();
        self.engine.drain_connections(now);
    }

    /// Works until every [`Remote`] is gone, or `until` says so after a turn.
    ///
    /// # Errors
    /// When the system does not let us wait any more.
    pub fn run(&mut self, mut until: impl FnMut(&mut Self) -> bool) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            self.settle();
            if until(self) {
                return Ok(());
            }
            let wait = self.engine.wait(self.now());
            match self.poll.poll(&mut events, Some(wait)) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            for event in &events {
                self.event(event);
            }
            for task in self.inbox.take() {
                task(self);
            }
            if self.inbox.is_abandoned() {
                return Ok(());
            }
        }
    }

    fn event(&mut self, event: &Event) {
        match event.token() {
            WAKER => {}
            Token(token) if token >= LISTENERS => self.accept(token - LISTENERS),
            Token(place) => {
                if event.is_writable() {
                    self.writable(place);
                }
                if event.is_readable() || event.is_read_closed() || event.is_error() {
                    self.readable(place);
                }
            }
        }
    }

    /// Does what the events of a turn led to: timers, connections, writes.
    fn settle(&mut self) {
        let now = self.now();
        self.engine.turn(now);
        if now >= self.next_care {
            self.next_care = now + Duration::from_millis(250);
            self.end_slow_handshakes(now);
        }
        let mut dirty = std::mem::take(&mut self.dirty);
        loop {
            for command in self.engine.commands() {
                match command {
                    Command::Connect(key, endpoint) => self.connect(key, endpoint),
                    Command::Abandon(key) => self.abandon(key),
                }
            }
            self.engine.take_dirty(&mut dirty);
            if dirty.is_empty() {
                break;
            }
            for &key in &dirty {
                self.flush(key);
            }
        }
        self.dirty = dirty;
    }

    fn accept(&mut self, place: usize) {
        loop {
            let Some(listener) = self.listeners.get(place) else { return };
            let (stream, address) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // One that went away before it was here, or no room for its descriptor.
                Err(_) => return,
            };
            if self.accepted >= self.config.max_accepted
                || self.handshakes >= self.config.max_handshakes
            {
                continue;
            }
            let Ok(tls) = listener.session() else { continue };
            let socket = Socket::accepted(stream, address, place, tls, self.now());
            self.accepted += 1;
            self.handshakes += 1;
            let place = self.insert(socket);
            self.readable(place);
        }
    }

    fn connect(&mut self, key: Key, endpoint: Endpoint) {
        let now = self.now();
        let target = self.engine.director().target(endpoint);
        let Some(socket) = target.and_then(|target| Socket::connecting(target, key, now).ok())
        else {
            return self.engine.closed(key, now);
        };
        let place = self.insert(socket);
        self.bind(key, place);
    }

    fn abandon(&mut self, key: Key) {
        match self.by_key.get(key.place()) {
            Some(&place) if place != usize::MAX => self.close(place),
            _ => {
                let now = self.now();
                self.engine.closed(key, now);
            }
        }
    }

    fn insert(&mut self, socket: Socket) -> usize {
        let place = match self.free.pop() {
            Some(place) => {
                self.sockets[place] = Some(socket);
                place
            }
            None => {
                self.sockets.push(Some(socket));
                self.sockets.len() - 1
            }
        };
        let registry = self.poll.registry();
        let is_watched = self.sockets[place]
            .as_mut()
            .is_some_and(|s| s.register(registry, Token(place)).is_ok());
        if !is_watched {
            self.close(place);
        }
        place
    }

    fn bind(&mut self, key: Key, place: usize) {
        if self.by_key.len() <= key.place() {
            self.by_key.resize(key.place() + 1, usize::MAX);
        }
        self.by_key[key.place()] = place;
    }

    fn readable(&mut self, place: usize) {
        loop {
            let Some(Some(socket)) = self.sockets.get_mut(place) else { return };
            let now = self.start.elapsed();
            let progress = match socket.key() {
                Some(key) => {
                    let engine = &mut self.engine;
                    socket.read(&mut self.room, |bytes| engine.receive(key, bytes, now))
                }
                None => socket.greet(&mut self.room),
            };
            match progress {
                Progress::Drained => return self.after_read(place),
                Progress::More => {}
                Progress::Known => {
                    if !self.introduce(place) {
                        return self.close(place);
                    }
                }
                Progress::Ended => return self.close(place),
            }
        }
    }

    /// What TLS has to say, beside the engine.
    fn after_read(&mut self, place: usize) {
        let Some(Some(socket)) = self.sockets.get_mut(place) else { return };
        let Some(key) = socket.key() else {
            if socket.write(&mut Vec::new()).is_err() {
                self.close(place);
            }
            return;
        };
        if socket.owes_writes() {
            self.flush(key);
        }
    }

    /// A caller has shown who it is.
    fn introduce(&mut self, place: usize) -> bool {
        let Some(Some(socket)) = self.sockets.get_mut(place) else { return false };
        let Some((listener, address)) = socket.accepted_by() else { return true };
        let peer = self.engine.director().peer(listener, address, socket.certificates());
        let Some(peer) = peer else { return false };
        let key = self.engine.accept(peer, self.start.elapsed());
        socket.introduce(key, peer);
        self.handshakes -= 1;
        self.bind(key, place);
        true
    }

    fn writable(&mut self, place: usize) {
        let Some(Some(socket)) = self.sockets.get_mut(place) else { return };
        if socket.finish_connecting().is_err() {
            return self.close(place);
        }
        match socket.key() {
            Some(key) => self.flush(key),
            None if socket.write(&mut Vec::new()).is_err() => self.close(place),
            None => {}
        }
    }

    fn flush(&mut self, key: Key) {
        let Some(&place) = self.by_key.get(key.place()) else { return };
        let Some(Some(socket)) = self.sockets.get_mut(place) else { return };
        if socket.key() != Some(key) {
            return;
        }
        let Some(outbox) = self.engine.outbox(key) else { return self.close(place) };
        match socket.write(outbox) {
            Ok(true) => {
                self.engine.drained(key);
                if self.engine.is_closing(key) {
                    self.close(place);
                }
            }
            Ok(false) => {}
            Err(_) => self.close(place),
        }
    }

    fn close(&mut self, place: usize) {
        let Some(mut socket) = self.sockets.get_mut(place).and_then(Option::take) else { return };
        self.free.push(place);
        socket.close(self.poll.registry());
        if socket.accepted_by().is_some() {
            self.accepted -= 1;
            if socket.key().is_none() {
                self.handshakes -= 1;
            }
        }
        if let Some(key) = socket.key() {
            self.by_key[key.place()] = usize::MAX;
            let now = self.now();
            self.engine.closed(key, now);
        }
        if let Some(peer) = socket.peer() {
            self.engine.director().left(peer);
        }
    }

    fn end_slow_handshakes(&mut self, now: Duration) {
        for place in 0..self.sockets.len() {
            let is_slow = self.sockets[place]
                .as_ref()
                .is_some_and(|socket| socket.is_slow(now, self.config.handshake_timeout));
            if is_slow {
                self.close(place);
            }
        }
    }
}
