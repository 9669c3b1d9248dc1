//! An engine, and peers that speak HTTP/2 to it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use treaty_core::status::Cause;
use treaty_http2::frame::{Frame, HEAD_BYTES, Head, read};
use treaty_http2::hpack::{Block, Decoder, Encoder};
use treaty_http2::{INITIAL_WINDOW, PREFACE, Reason, Settings, Writer};
use treaty_proxy::engine::{
    Backend, Call, Command, Config, Decision, Director, Ended, Endpoint, Engine, Finished, Key,
    Method, Outcome, Peer as Caller, Say,
};

/// Sends everything to one backend, in turn over its endpoints, and remembers what it was told.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) ready: Vec<Endpoint>,
    next: usize,
    pub(crate) in_flight: HashMap<Endpoint, i32>,
    pub(crate) ended: Vec<Ended>,
    pub(crate) finished: Vec<Finished>,
    pub(crate) attempts: u8,
    pub(crate) retry_wait: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
}

impl Director for Notes {
    fn decide(&mut self, call: &Call<'_>, _now: Duration) -> Decision {
        if call.head.path == b"/no.Such/Method" {
            let message = "nobody serves no.Such".to_owned();
            return Decision::Refuse { method: Method(9), cause: Cause::UnknownService, message };
        }
        if call.head.content_type != Some(b"application/grpc") {
            return Decision::NotGrpc { status: 415, text: "this is gRPC\n" };
        }
        Decision::Forward {
            backend: Backend(1),
            method: Method(1),
            timeout: self.timeout,
            attempts: self.attempts.max(1),
            say: Say { identity: true },
        }
    }

    fn pick(&mut self, _: Backend, _: Duration) -> Option<Endpoint> {
        self.next += 1;
        self.ready.get(self.next % self.ready.len().max(1)).copied()
    }

    fn connected(&mut self, endpoint: Endpoint, _: Duration) {
        assert!(!self.ready.contains(&endpoint), "connected twice");
        self.ready.push(endpoint);
    }

    fn disconnected(&mut self, endpoint: Endpoint, _: Duration) {
        assert!(self.ready.contains(&endpoint), "disconnected twice");
        self.ready.retain(|ready| *ready != endpoint);
    }

    fn began(&mut self, endpoint: Endpoint, _: Duration) {
        *self.in_flight.entry(endpoint).or_default() += 1;
    }

    fn ended(&mut self, ended: Ended, _: Duration) {
        *self.in_flight.entry(ended.endpoint).or_default() -= 1;
        self.ended.push(ended);
    }

    fn retries(&mut self, _: Backend, outcome: Outcome, _: u8, _: Duration) -> Option<Duration> {
        let may = matches!(outcome, Outcome::Lost | Outcome::Status(14));
        self.retry_wait.filter(|_| may)
    }

    fn finished(&mut self, finished: Finished) {
        self.finished.push(finished);
    }

    fn identity(&self, peer: Caller) -> Option<&str> {
        (peer == Caller(7)).then_some("URI=spiffe://test/ns/a/sa/b")
    }
}

/// What a peer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Headers(u32, Vec<(String, String)>, bool),
    Data(u32, Vec<u8>, bool),
    Reset(u32, Reason),
    GoAway(u32, Reason),
}

/// One end of a connection to the engine.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) key: Key,
    inbox: Vec<u8>,
    pub(crate) outbox: Vec<u8>,
    decoder: Decoder,
    encoder: Encoder,
    pub(crate) seen: VecDeque<Seen>,
    pub(crate) windows: HashMap<u32, i64>,
    greeted: bool,
    pub(crate) answers_pings: bool,
}

impl Peer {
    fn new(key: Key, is_client: bool, settings: Settings) -> Self {
        let mut outbox = Vec::new();
        if is_client {
            outbox.extend_from_slice(PREFACE);
        }
        Writer(&mut outbox).settings(&settings);
        Self {
            key,
            inbox: Vec::new(),
            outbox,
            decoder: Decoder::new(),
            encoder: Encoder::new(),
            seen: VecDeque::new(),
            windows: HashMap::from([(0, i64::from(INITIAL_WINDOW))]),
            greeted: is_client,
            answers_pings: true,
        }
    }

    pub(crate) fn writer(&mut self) -> Writer<'_> {
        Writer(&mut self.outbox)
    }

    pub(crate) fn headers(&mut self, stream: u32, fields: &[(&str, &str)], end: bool) {
        let mut block = Block::new();
        for (name, value) in fields {
            block.push(name, value.as_bytes());
        }
        Writer(&mut self.outbox).headers(stream, &block, end, &mut self.encoder, 16_384);
    }

    /// A gRPC call with some more fields.
    pub(crate) fn call(&mut self, stream: u32, more: &[(&str, &str)], end: bool) {
        let mut fields = vec![
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/a.B/C"),
            (":authority", "a"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        ];
        fields.extend(more);
        self.headers(stream, &fields, end);
    }

    pub(crate) fn answer(&mut self, stream: u32, body: &[u8], status: &str) {
        self.headers(stream, &[(":status", "200"), ("content-type", "application/grpc")], false);
        self.writer().data(stream, body, false);
        self.headers(stream, &[("grpc-status", status)], true);
    }

    pub(crate) fn take(&mut self) -> Vec<Seen> {
        self.seen.drain(..).collect()
    }

    /// The next thing that was seen must be a header block.
    pub(crate) fn next_headers(&mut self) -> (u32, HashMap<String, String>, bool) {
        match self.seen.pop_front() {
            Some(Seen::Headers(stream, fields, end)) => (stream, fields.into_iter().collect(), end),
            other => panic!("no header block but {other:?}"),
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        let inbox = std::mem::take(&mut self.inbox);
        let mut rest = &inbox[..];
        if !self.greeted && rest.len() >= PREFACE.len() {
            rest = rest.strip_prefix(PREFACE).expect("the engine begins with the preface");
            self.greeted = true;
        }
        let mut partial: Option<(u32, bool, Vec<u8>)> = None;
        while let Some(head) = rest.first_chunk::<HEAD_BYTES>().map(Head::read) {
            let Some(payload) = rest[HEAD_BYTES..].get(..head.length) else { break };
            rest = &rest[HEAD_BYTES + head.length..];
            match read(head, payload).expect("the engine writes good frames") {
                Frame::Headers { block, end, whole: true } => self.block(head.stream, block, end),
                Frame::Headers { block, end, whole: false } => {
                    partial = Some((head.stream, end, block.to_vec()));
                }
                Frame::Continuation { block, last } => {
                    let (stream, end, mut all) = partial.take().unwrap();
                    all.extend_from_slice(block);
                    if last {
                        self.block(stream, &all, end);
                    } else {
                        partial = Some((stream, end, all));
                    }
                }
                Frame::Data { data, end } => {
                    self.seen.push_back(Seen::Data(head.stream, data.to_vec(), end));
                }
                Frame::Reset(reason) => self.seen.push_back(Seen::Reset(head.stream, reason)),
                Frame::GoAway { last, reason } => self.seen.push_back(Seen::GoAway(last, reason)),
                Frame::Settings(_) => self.writer().settings_ack(),
                Frame::Ping(bytes) if self.answers_pings => self.writer().pong(bytes),
                Frame::WindowUpdate(by) => {
                    *self.windows.entry(head.stream).or_default() += i64::from(by);
                }
                _ => {}
            }
        }
        self.inbox = rest.to_vec();
    }

    fn block(&mut self, stream: u32, bytes: &[u8], end: bool) {
        let mut block = Block::new();
        self.decoder.decode(bytes, 1 << 20, &mut block).expect("the engine writes good blocks");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let fields = block.iter().map(|field| (text(field.name_text), text(field.value)));
        self.seen.push_back(Seen::Headers(stream, fields.collect(), end));
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine<Notes>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) now: Duration,
    /// Bytes at a time, in both directions.
    pub(crate) chunk: usize,
    pub(crate) to_connect: VecDeque<(Key, Endpoint)>,
}

/// A peer's place in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) usize);

impl World {
    pub(crate) fn new(config: Config) -> Self {
        let now = Duration::from_secs(100);
        Self {
            engine: Engine::new(config, Notes::default(), 1, now),
            peers: Vec::new(),
            now,
            chunk: usize::MAX,
            to_connect: VecDeque::new(),
        }
    }

    /// A world with one caller and one endpoint that is connected.
    pub(crate) fn pair() -> (Self, Id, Id) {
        let mut world = Self::new(Config::default());
        let client = world.client();
        world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
        let server = world.serve(Settings::default());
        world.run();
        (world, client, server)
    }

    pub(crate) fn client(&mut self) -> Id {
        self.client_with(Settings::default())
    }

    pub(crate) fn client_with(&mut self, settings: Settings) -> Id {
        let key = self.engine.accept(Caller(7), self.now);
        self.peers.push(Peer::new(key, true, settings));
        Id(self.peers.len() - 1)
    }

    /// Takes the next connection that the engine asks for.
    pub(crate) fn serve(&mut self, settings: Settings) -> Id {
        self.collect();
        let (key, _) = self.to_connect.pop_front().expect("the engine asks for a connection");
        self.peers.push(Peer::new(key, false, settings));
        Id(self.peers.len() - 1)
    }

    /// Fails the next connection that the engine asks for.
    pub(crate) fn fail_connect(&mut self) {
        self.collect();
        let (key, _) = self.to_connect.pop_front().expect("the engine asks for a connection");
        self.engine.closed(key, self.now);
    }

    pub(crate) fn collect(&mut self) {
        for command in self.engine.commands() {
            match command {
                Command::Connect(key, endpoint) => self.to_connect.push_back((key, endpoint)),
                Command::Abandon(key) => self.engine.closed(key, self.now),
            }
        }
    }

    pub(crate) fn at(&mut self, id: Id) -> &mut Peer {
        &mut self.peers[id.0]
    }

    /// Moves bytes until none move.
    pub(crate) fn run(&mut self) {
        loop {
            let mut moved = false;
            for peer in &mut self.peers {
                let out = std::mem::take(&mut peer.outbox);
                for chunk in out.chunks(self.chunk.min(out.len().max(1))) {
                    self.engine.receive(peer.key, chunk, self.now);
                    moved = true;
                }
            }
            let mut dirty = Vec::new();
            self.engine.take_dirty(&mut dirty);
            for key in dirty {
                moved |= self.write(key);
            }
            if !moved {
                return self.collect();
            }
        }
    }

    fn write(&mut self, key: Key) -> bool {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.key == key) else { return false };
        let Some(outbox) = self.engine.outbox(key) else { return false };
        let out = std::mem::take(outbox);
        for chunk in out.chunks(self.chunk.min(out.len().max(1))) {
            peer.read(chunk);
        }
        self.engine.drained(key);
        if self.engine.is_closing(key) {
            self.engine.closed(key, self.now);
        }
        !out.is_empty()
    }

    /// Breaks a connection without a word.
    pub(crate) fn cut(&mut self, id: Id) {
        let key = self.at(id).key;
        self.engine.closed(key, self.now);
        self.run();
    }

    /// Moves time on in small steps.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now = (self.now + Duration::from_millis(10)).min(end);
            self.engine.turn(self.now);
            self.run();
        }
    }

    pub(crate) fn notes(&mut self) -> &mut Notes {
        self.engine.director()
    }
}

impl Peer {
    /// What was seen of one stream.
    pub(crate) fn take_stream(&mut self, of: u32) -> Vec<Seen> {
        let all = self.take();
        let (these, others) = all.into_iter().partition(|seen| match seen {
            Seen::Headers(stream, ..) | Seen::Data(stream, ..) | Seen::Reset(stream, _) => {
                *stream == of
            }
            Seen::GoAway(..) => false,
        });
        self.seen = VecDeque::from_iter::<Vec<Seen>>(others);
        these
    }
}
