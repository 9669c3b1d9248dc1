//! Connections and timers: what begins and ends by itself.
//!
//! *Holds*: an endpoint is connected to for as long as it is known; a connection that is told
//! to end says so twice, so that no call is lost between. — *Source*: RFC 9113, section 6.8;
//! gRFC A9 (graceful shutdown), A8 (keepalive).

use std::time::Duration;

use treaty_core::status::Cause;
use treaty_http2::{MAX_WINDOW, Reason};

use super::connection::{Connection, Phase, Role};
use super::dispatch::Pool;
use super::exchange::Progress;
use super::{Backend, Command, Director, Endpoint, Engine, Key, Peer};

/// How often connections are looked after.
const CARE: Duration = Duration::from_millis(100);

impl<D: Director> Engine<D> {
    /// Takes on a connection that was accepted.
    pub fn accept(&mut self, peer: Peer, now: Duration) -> Key {
        self.now = now;
        let connection = Connection::new(Role::Down(peer), &self.config, now);
        let key = self.connections.insert(connection);
        self.touch(key);
        key
    }

    /// Gets to know an endpoint, and connects to it.
    pub fn add_endpoint(&mut self, endpoint: Endpoint, backend: Backend, now: Duration) {
        self.now = now;
        if self.pools.contains_key(&endpoint) {
            return;
        }
        let pool =
            Pool { backend, connections: Vec::new(), failures: 0, retry_at: None, is_ready: false };
        self.pools.insert(endpoint, pool);
        self.connect(endpoint);
    }

    /// Forgets an endpoint: its calls end where they are, and no more go there.
    pub fn remove_endpoint(&mut self, endpoint: Endpoint, now: Duration) {
        self.now = now;
        let Some(pool) = self.pools.remove(&endpoint) else { return };
        if pool.is_ready {
            self.director.disconnected(endpoint, now);
        }
        for key in pool.connections {
            let Some(connection) = self.connections.get_mut(key) else { continue };
            if connection.phase == Phase::Opening {
                connection.phase = Phase::Closing;
            }
            connection.phase = connection.phase.max(Phase::Ending);
            connection.since = now;
            connection.writer().go_away(0, Reason::NO_ERROR, "");
            self.touch(key);
            self.stream_ended(key);
        }
    }

    /// A connection to an endpoint can be used.
    pub(super) fn opened(&mut self, key: Key, endpoint: Endpoint) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.phase == Phase::Opening {
            connection.phase = Phase::Open;
            connection.since = self.now;
        }
        let Some(pool) = self.pools.get_mut(&endpoint) else { return };
        pool.failures = 0;
        let backend = pool.backend;
        if !std::mem::replace(&mut pool.is_ready, true) {
            self.director.connected(endpoint, self.now);
        }
        self.wake(backend);
    }

    /// A connection takes no more calls; when it was the last one, another is opened.
    pub(super) fn left_pool(&mut self, key: Key, endpoint: Endpoint) {
        let Some(pool) = self.pools.get_mut(&endpoint) else { return };
        let before = pool.connections.len();
        pool.connections.retain(|other| *other != key);
        if pool.connections.len() == before {
            return;
        }
        let is_open = |key: &Key| {
            self.connections.get(*key).is_some_and(|connection| connection.phase == Phase::Open)
        };
        let was_ready = pool.is_ready;
        pool.is_ready = pool.connections.iter().any(is_open);
        let is_lost = was_ready && !pool.is_ready;
        if pool.connections.is_empty() {
            // One that lived is replaced at once; one that did not would die again.
            let lived = self.connections.get(key).is_some_and(|connection| {
                self.now.saturating_sub(connection.since) >= CARE * 10
                    || connection.phase == Phase::Ending
            });
            let wait = if was_ready && lived {
                Duration::ZERO
            } else {
                pool.failures = pool.failures.saturating_add(1);
                self.random = splitmix(self.random);
                self.config.backoff.wait(pool.failures, self.random)
            };
            pool.retry_at = Some(self.now + wait);
        }
        if is_lost {
            self.director.disconnected(endpoint, self.now);
        }
    }

    /// A connection is gone, or was never there.
    pub fn closed(&mut self, key: Key, now: Duration) {
        self.now = now;
        self.end_streams(key);
        self.connections.remove(key);
    }

    /// Whether a connection is to be closed once its outbox was written.
    pub fn is_closing(&self, key: Key) -> bool {
        self.connections.get(key).is_none_or(|connection| connection.phase == Phase::Closing)
    }

    /// Does what time asks for; to be called once in [`Engine::wait`].
    pub fn turn(&mut self, now: Duration) {
        self.now = now;
        let mut due = std::mem::take(&mut self.due);
        self.wheel.fire(now, &mut due);
        for key in due.drain(..) {
            self.timer_fired(key);
        }
        self.due = due;
        if now >= self.next_care {
            self.next_care = now + CARE;
            let all: Vec<Key> = self.connections.keys().collect();
            for key in all {
                self.care_for(key);
            }
            self.reconnect();
        }
    }

    /// How long the driver may sleep.
    pub fn wait(&self, now: Duration) -> Duration {
        let care = self.next_care.saturating_sub(now);
        self.wheel.wait(now).map_or(care, |timer| timer.min(care))
    }

    /// Sets a call's timer for what comes next.
    pub(super) fn arm(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        if let Some(timer) = exchange.timer.take() {
            self.wheel.clear(timer);
        }
        let wait = (exchange.progress == Progress::Waiting)
            .then_some(exchange.retry_at.unwrap_or(exchange.wait_until));
        let next = match (exchange.deadline, wait) {
            (Some(deadline), Some(wait)) => Some(deadline.min(wait)),
            (deadline, wait) => deadline.or(wait),
        };
        exchange.timer = next.map(|next| self.wheel.set(next, key));
    }

    fn timer_fired(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        exchange.timer = None;
        if exchange.deadline.is_some_and(|deadline| deadline <= self.now) {
            return self.refuse(key, Cause::DeadlineExceeded, "the time for the call is over");
        }
        if exchange.progress != Progress::Waiting {
            return;
        }
        if exchange.retry_at.take().is_some() {
            return self.redispatch(key);
        }
        self.refuse(key, Cause::NoEndpoint, "no endpoint could be reached in time");
    }

    fn care_for(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let age = self.now.saturating_sub(connection.since);
        match connection.phase {
            Phase::Closing if age >= self.config.keepalive_timeout => {
                self.commands.push(Command::Abandon(key));
            }
            Phase::Opening if age >= self.config.max_opening => {
                self.fail(key, Reason::SETTINGS_TIMEOUT, "the first words took too long");
            }
            // An answer to the PING may be long on its way; a caller that is silent is not waited for.
            Phase::Draining if age >= CARE * 10 => self.name_last(key),
            Phase::Ending | Phase::Draining if age >= self.config.max_draining => {
                self.fail(key, Reason::NO_ERROR, "the time to end is over");
            }
            Phase::Open | Phase::Ending => {
                let silent = self.now.saturating_sub(connection.heard);
                if connection.is_pinged {
                    if silent >= self.config.keepalive + self.config.keepalive_timeout {
                        self.fail(key, Reason::NO_ERROR, "no sign of life");
                    }
                } else if silent >= self.config.keepalive {
                    connection.is_pinged = true;
                    connection.writer().ping(KEEPALIVE);
                    self.touch(key);
                }
            }
            _ => {}
        }
    }

    fn reconnect(&mut self) {
        let due: Vec<Endpoint> = self
            .pools
            .iter()
            .filter(|(_, pool)| pool.retry_at.is_some_and(|at| at <= self.now))
            .map(|(endpoint, _)| *endpoint)
            .collect();
        for endpoint in due {
            self.connect(endpoint);
        }
    }

    /// Takes no new calls and lets those under way end: each caller is told that no more are
    /// taken, and after its answer which was the last.
    pub fn drain_connections(&mut self, now: Duration) {
        self.now = now;
        self.is_draining = true;
        let all: Vec<Key> = self.connections.keys().collect();
        for key in all {
            let Some(connection) = self.connections.get_mut(key) else { continue };
            if !matches!(connection.role, Role::Down(_)) || connection.phase >= Phase::Draining {
                continue;
            }
            if connection.phase == Phase::Opening {
                connection.phase = Phase::Closing;
            } else {
                connection.phase = Phase::Draining;
                connection.since = now;
                let mut writer = connection.writer();
                writer.go_away(MAX_WINDOW, Reason::NO_ERROR, "draining");
                writer.ping(DRAIN);
            }
            self.touch(key);
        }
    }

    /// The caller has seen that we drain: what it began before is taken, and nothing else.
    pub(super) fn ponged(&mut self, key: Key, bytes: [u8; 8]) {
        let is_draining =
            self.connections.get(key).is_some_and(|connection| connection.phase == Phase::Draining);
        if bytes == DRAIN && is_draining {
            self.name_last(key);
        }
    }

    fn name_last(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.phase = Phase::Ending;
        connection.since = self.now;
        let last = connection.highest;
        connection.writer().go_away(last, Reason::NO_ERROR, "drained");
        self.touch(key);
        self.stream_ended(key);
    }
}

const KEEPALIVE: [u8; 8] = *b"are-you-";
const DRAIN: [u8; 8] = *b"draining";

/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
