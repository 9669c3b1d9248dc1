//! Random peers, as they come: every call ends once, and what arrives is what was sent.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use treaty_http2::{Reason, Settings};
use treaty_proxy::engine::{Backend, Config, Endpoint};

use crate::world::{Id, Seen, World};

const SEEDS: u64 = 60;
const STEPS: usize = 300;

/// What a caller knows of one of its calls.
#[derive(Debug, Default)]
struct Ours {
    sent: Vec<u8>,
    room: i64,
    is_done: bool,
    answered: Vec<u8>,
    ends: usize,
}

/// What an endpoint knows of one of its calls.
#[derive(Debug, Default)]
struct Theirs {
    /// Which call of whom, by its `x-id`.
    id: String,
    got: Vec<u8>,
    room: i64,
    is_begun: bool,
    sent: Vec<u8>,
    is_over: bool,
}

struct Play {
    world: World,
    random: Rng,
    clients: Vec<(Id, u32)>,
    servers: Vec<(Id, bool)>,
    ours: HashMap<(usize, u32), Ours>,
    theirs: HashMap<(usize, u32), Theirs>,
    /// By `x-id`: what the last endpoint that took it sent.
    answers: HashMap<String, Vec<u8>>,
    /// Windows that the engine gave for connections.
    room: HashMap<usize, i64>,
}

#[test]
fn every_call_ends_once() {
    println!("seeds 0 to {SEEDS}: callers, endpoints, resets, cuts, small windows, time");
    for seed in 0..SEEDS {
        play(seed);
    }
}

fn play(seed: u64) {
    let mut random = Rng::with_seed(seed);
    let config = Config {
        max_streams: random.u32(2..20),
        max_wait: Duration::from_secs(2),
        ..Config::default()
    };
    let mut world = World::new(config);
    world.chunk = *random.choice(&[usize::MAX, 1_000, 13][..]).unwrap();
    world.notes().attempts = random.u8(1..4);
    world.notes().retry_wait = random.bool().then(|| Duration::from_millis(random.u64(0..2) * 30));
    for endpoint in 0..random.u32(1..4) {
        world.engine.add_endpoint(Endpoint(endpoint), Backend(1), world.now);
    }
    let mut play = Play {
        world,
        random,
        clients: Vec::new(),
        servers: Vec::new(),
        ours: HashMap::new(),
        theirs: HashMap::new(),
        answers: HashMap::new(),
        room: HashMap::new(),
    };
    for _ in 0..STEPS {
        play.step();
        play.look();
    }
    play.end(seed);
}

impl Play {
    fn step(&mut self) {
        match self.random.u8(..100) {
            0..4 => {
                let settings = self.settings();
                let id = self.world.client_with(settings);
                self.clients.push((id, 1));
            }
            4..8 => self.connect(),
            8..30 => self.begin(),
            30..55 => self.send(),
            55..80 => self.answer(),
            80..84 => self.open_windows(),
            84..87 => self.reset_ours(),
            87..90 => self.reset_theirs(),
            90 => self.cut(),
            91 => self.go_away(),
            _ => {
                let time = Duration::from_millis(self.random.u64(0..200));
                self.world.pass(time);
            }
        }
        self.world.run();
    }

    fn settings(&mut self) -> Settings {
        Settings {
            initial_window: Some(
                *self.random.choice(&[0, 10, 5_000, 65_535, 1 << 20][..]).unwrap(),
            ),
            max_concurrent_streams: self.random.bool().then(|| self.random.u32(1..9)),
            header_table_bytes: self.random.bool().then(|| self.random.u32(0..5_000)),
            ..Settings::default()
        }
    }

    fn connect(&mut self) {
        self.world.collect();
        if self.world.to_connect.is_empty() {
            return;
        }
        if self.random.u8(..4) == 0 {
            return self.world.fail_connect();
        }
        let settings = self.settings();
        let id = self.world.serve(settings);
        self.servers.push((id, true));
    }

    fn begin(&mut self) {
        let Some(place) = self.any(self.clients.len()) else { return };
        let (id, stream) = self.clients[place];
        self.clients[place].1 += 2;
        let name = format!("{}-{stream}", id.0);
        let timeout = format!("{}m", self.random.u32(1..5_000));
        let end = self.random.u8(..3) == 0;
        let mut more = vec![("x-id", &*name)];
        if self.random.bool() {
            more.push(("grpc-timeout", &*timeout));
        }
        self.world.at(id).call(stream, &more, end);
        self.ours.insert((id.0, stream), Ours { is_done: end, room: 65_535, ..Ours::default() });
    }

    fn any(&mut self, of: usize) -> Option<usize> {
        (of > 0).then(|| self.random.usize(0..of))
    }

    fn any_key<T>(
        random: &mut Rng,
        of: &HashMap<(usize, u32), T>,
        keep: impl Fn(&T) -> bool,
    ) -> Option<(usize, u32)> {
        let mut keys: Vec<_> = of.iter().filter(|(_, v)| keep(v)).map(|(k, _)| *k).collect();
        keys.sort_unstable();
        random.choice(keys)
    }

    fn send(&mut self) {
        let open = |ours: &Ours| !ours.is_done && ours.ends == 0;
        let Some(key) = Self::any_key(&mut self.random, &self.ours, open) else { return };
        let (client, stream) = key;
        let connection = self.room.entry(client).or_insert(65_535);
        let granted = self.world.peers[client].windows.remove(&stream).unwrap_or_default();
        *connection += self.world.peers[client].windows.insert(0, 0).unwrap_or_default();
        let ours = self.ours.get_mut(&key).unwrap();
        ours.room += granted;
        let most = ours.room.min(*connection).clamp(0, 16_384) as usize;
        let length = self.random.usize(0..=most);
        let data: Vec<u8> = (0..length).map(|_| self.random.u8(..)).collect();
        ours.room -= length as i64;
        *connection -= length as i64;
        ours.sent.extend_from_slice(&data);
        ours.is_done = self.random.u8(..4) == 0;
        let end = ours.is_done;
        self.world.peers[client].writer().data(stream, &data, end);
    }

    fn answer(&mut self) {
        let open = |theirs: &Theirs| !theirs.is_over;
        let Some(key) = Self::any_key(&mut self.random, &self.theirs, open) else { return };
        let (server, stream) = key;
        let theirs = self.theirs.get_mut(&key).unwrap();
        if !theirs.is_begun {
            if self.random.u8(..5) == 0 {
                theirs.is_over = true;
                let status = ["0", "5", "14"][self.random.usize(..3)];
                let fields = [(":status", "200"), ("grpc-status", status)];
                return self.world.peers[server].headers(stream, &fields, true);
            }
            theirs.is_begun = true;
            self.answers.insert(theirs.id.clone(), Vec::new());
            self.world.peers[server].headers(stream, &[(":status", "200")], false);
        }
        let connection = self.room.entry(server).or_insert(65_535);
        let granted = self.world.peers[server].windows.remove(&stream).unwrap_or_default();
        *connection += self.world.peers[server].windows.insert(0, 0).unwrap_or_default();
        theirs.room += granted;
        let most = theirs.room.min(*connection).clamp(0, 16_384) as usize;
        let length = self.random.usize(0..=most);
        let data: Vec<u8> = (0..length).map(|_| self.random.u8(..)).collect();
        theirs.room -= length as i64;
        *connection -= length as i64;
        theirs.sent.extend_from_slice(&data);
        self.answers.get_mut(&theirs.id).unwrap().extend_from_slice(&data);
        self.world.peers[server].writer().data(stream, &data, false);
        if self.random.u8(..3) == 0 {
            theirs.is_over = true;
            self.world.peers[server].headers(stream, &[("grpc-status", "0")], true);
        }
    }

    fn open_windows(&mut self) {
        let Some(place) = self.any(self.world.peers.len()) else { return };
        let by = self.random.u32(1..100_000);
        self.world.peers[place].writer().window_update(0, by);
        let streams: Vec<u32> = self
            .ours
            .iter()
            .filter(|((peer, _), ours)| *peer == place && ours.ends == 0)
            .map(|((_, stream), _)| *stream)
            .chain(
                self.theirs
                    .iter()
                    .filter(|((peer, _), theirs)| *peer == place && !theirs.is_over)
                    .map(|((_, stream), _)| *stream),
            )
            .collect();
        for stream in streams {
            self.world.peers[place].writer().window_update(stream, by);
        }
    }

    fn reset_ours(&mut self) {
        let open = |ours: &Ours| ours.ends == 0;
        let Some(key) = Self::any_key(&mut self.random, &self.ours, open) else { return };
        self.ours.get_mut(&key).unwrap().ends = 1;
        self.ours.get_mut(&key).unwrap().is_done = true;
        self.world.peers[key.0].writer().reset(key.1, Reason::CANCEL);
    }

    fn reset_theirs(&mut self) {
        let open = |theirs: &Theirs| !theirs.is_over;
        let Some(key) = Self::any_key(&mut self.random, &self.theirs, open) else { return };
        self.theirs.get_mut(&key).unwrap().is_over = true;
        let all = [Reason::REFUSED_STREAM, Reason::INTERNAL_ERROR, Reason::CANCEL];
        let reason = all[self.random.usize(..3)];
        self.world.peers[key.0].writer().reset(key.1, reason);
    }

    fn cut(&mut self) {
        let Some(place) = self.any(self.servers.len()) else { return };
        let (id, _) = self.servers.swap_remove(place);
        self.world.at(id).outbox.clear();
        self.world.cut(id);
        self.close_theirs(id);
    }

    fn close_theirs(&mut self, id: Id) {
        for ((server, _), theirs) in &mut self.theirs {
            theirs.is_over |= *server == id.0;
        }
    }

    fn go_away(&mut self) {
        let Some(place) = self.any(self.servers.len()) else { return };
        let (id, can) = self.servers[place];
        if !std::mem::replace(&mut self.servers[place].1, false) || !can {
            return;
        }
        let last = self.theirs.keys().filter(|(server, _)| *server == id.0).map(|(_, s)| *s).max();
        self.world.at(id).writer().go_away(last.unwrap_or(0), Reason::NO_ERROR, "");
    }

    /// Takes in what everyone saw.
    fn look(&mut self) {
        for place in 0..self.world.peers.len() {
            for seen in self.world.peers[place].take() {
                if self.clients.iter().any(|(id, _)| id.0 == place) {
                    self.look_ours(place, seen);
                } else {
                    self.look_theirs(place, seen);
                }
            }
        }
    }

    fn look_ours(&mut self, client: usize, seen: Seen) {
        match seen {
            Seen::Headers(stream, fields, end) => {
                let ours = self.ours.get_mut(&(client, stream)).unwrap();
                assert!(ours.ends == 0 || ours.is_done, "{fields:?} after the end");
                ours.ends += usize::from(end);
            }
            Seen::Data(stream, data, end) => {
                assert!(!end, "gRPC ends with trailers");
                let ours = self.ours.get_mut(&(client, stream)).unwrap();
                ours.answered.extend_from_slice(&data);
                let said = &self.answers[&format!("{client}-{stream}")];
                assert!(said.starts_with(&ours.answered), "another answer on {stream}");
            }
            Seen::Reset(stream, reason) => {
                let ours = self.ours.get_mut(&(client, stream)).unwrap();
                // After an answer, the rest of the request is not wanted: no second end.
                if ours.ends == 0 {
                    ours.ends = 1;
                } else {
                    assert!(reason == Reason::NO_ERROR || ours.is_done, "{reason}");
                }
                ours.is_done = true;
            }
            Seen::GoAway(_, reason) => panic!("the engine gave up on a good caller: {reason}"),
        }
    }

    fn look_theirs(&mut self, server: usize, seen: Seen) {
        match seen {
            Seen::Headers(stream, fields, _) => {
                let id = fields.into_iter().find(|(name, _)| name == "x-id").unwrap().1;
                let theirs = Theirs { id, room: 65_535, ..Theirs::default() };
                self.theirs.insert((server, stream), theirs);
            }
            Seen::Data(stream, data, _) => {
                let theirs = self.theirs.get_mut(&(server, stream)).unwrap();
                theirs.got.extend_from_slice(&data);
                let (client, of) = theirs.id.split_once('-').unwrap();
                let ours = &self.ours[&(client.parse().unwrap(), of.parse().unwrap())];
                assert!(ours.sent.starts_with(&theirs.got), "{} got another body", theirs.id);
            }
            Seen::Reset(stream, _) => {
                self.theirs.get_mut(&(server, stream)).unwrap().is_over = true;
            }
            Seen::GoAway(_, reason) => panic!("the engine gave up on a good endpoint: {reason}"),
        }
    }

    /// Lets everything come to its end, and counts.
    fn end(mut self, seed: u64) {
        for ours in self.ours.values_mut().filter(|ours| ours.ends == 0) {
            ours.is_done = true;
        }
        let ids: Vec<Id> = self.servers.drain(..).map(|(id, _)| id).collect();
        for id in ids {
            self.world.cut(id);
            self.close_theirs(id);
            self.look();
        }
        // An answer that is whole still waits for its caller's window.
        let waiting: Vec<_> =
            self.ours.iter().filter(|(_, ours)| ours.ends == 0).map(|(key, _)| *key).collect();
        for (client, stream) in waiting {
            self.world.peers[client].writer().window_update(0, 1 << 22);
            self.world.peers[client].writer().window_update(stream, 1 << 22);
        }
        self.world.run();
        // Whoever waits for an endpoint waits no longer than this.
        self.world.pass(Duration::from_secs(6));
        self.look();
        for ((client, stream), ours) in &self.ours {
            let (sent, got) = (ours.sent.len(), ours.answered.len());
            let calls = self.world.engine.calls();
            assert!(
                ours.ends >= 1,
                "seed {seed}: call {client}-{stream} never ended: sent {sent}, done {}, got {got}; {calls} calls",
                ours.is_done,
            );
        }
        assert_eq!(self.world.engine.calls(), 0, "seed {seed}");
        let calls = self.ours.len();
        let notes = self.world.notes();
        assert!(notes.finished.len() <= calls, "seed {seed}: ended more than once");
        assert!(notes.in_flight.values().all(|count| *count == 0), "seed {seed}: calls of nobody");
    }
}
