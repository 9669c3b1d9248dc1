//! Whom the engine asks: what becomes of a call, and who takes it.
//!
//! *Holds*: the engine moves frames and decides nothing; a director decides and never sees a
//! frame.

use std::time::Duration;

use treaty_core::status::Cause;
use treaty_http2::hpack::Block;
use treaty_http2::message::RequestHead;

/// Where calls may go: a name for the director, a number here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Backend(pub u32);

/// One instance of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint(pub u32);

/// Who is at the other end of a connection that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(pub u32);

/// A kind of call, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Method(pub u32);

/// What a call asks for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Who asks.
    pub peer: Peer,
    /// What every request says.
    pub head: RequestHead<'a>,
    /// All fields.
    pub fields: &'a Block,
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It goes on.
    Forward {
        /// To one of these.
        backend: Backend,
        /// How it is counted.
        method: Method,
        /// How long it may take at most, whatever the caller allows.
        timeout: Option<Duration>,
        /// How often it may be sent, at least once.
        attempts: u8,
        /// What is said to the backend beyond what the caller said.
        say: Say,
    },
    /// It is answered here, with a gRPC status.
    Refuse {
        /// How it is counted.
        method: Method,
        /// Why.
        cause: Cause,
        /// Why, in words for the caller.
        message: String,
    },
    /// It is answered here, in HTTP: the caller does not speak gRPC.
    NotGrpc {
        /// `:status`
        status: u16,
        /// The body, as plain text.
        text: &'static str,
    },
}

/// Fields that a request gets on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Say {
    /// The caller's identity goes into `x-forwarded-client-cert`, and what the caller put there
    /// itself comes out.
    pub identity: bool,
}

/// How one attempt of a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Who took it.
    pub endpoint: Endpoint,
    /// From the request's first frame to the answer's first; `None` when there was no answer.
    pub first_answer: Option<Duration>,
    /// What it came to.
    pub outcome: Outcome,
}

/// What an attempt came to, as its endpoint's health goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint ended it with this status.
    Status(u8),
    /// The endpoint reset the stream, or its connection broke.
    Lost,
    /// The time was over.
    TimedOut,
    /// The caller went away first.
    Cancelled,
}

/// How a call ended, whoever answered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// What was called.
    pub method: Method,
    /// The status that the caller saw; `None` when it went away first.
    pub status: Option<u8>,
    /// From its first frame to its last.
    pub took: Duration,
}

/// Decides.
pub trait Director {
    /// What becomes of a call.
    fn decide(&mut self, call: &Call<'_>, now: Duration) -> Decision;

    /// Which endpoint takes a call now, of those that [`Director::connected`] named. The engine
    /// answers with [`Director::began`] unless the endpoint has no room.
    fn pick(&mut self, backend: Backend, now: Duration) -> Option<Endpoint>;

    /// An endpoint can take calls from now on.
    fn connected(&mut self, endpoint: Endpoint, now: Duration);

    /// An endpoint can take none.
    fn disconnected(&mut self, endpoint: Endpoint, now: Duration);

    /// An endpoint has one call more.
    fn began(&mut self, endpoint: Endpoint, now: Duration);

    /// An endpoint has one call less.
    fn ended(&mut self, ended: Ended, now: Duration);

    /// After which time an attempt that ended so, before anything of its answer went on, is made
    /// again; `None` for not at all.
    fn retries(
        &mut self,
        backend: Backend,
        outcome: Outcome,
        attempt: u8,
        now: Duration,
    ) -> Option<Duration>;

    /// A call is over.
    fn finished(&mut self, finished: Finished);

    /// The value of `x-forwarded-client-cert` for a peer.
    fn identity(&self, peer: Peer) -> Option<&str>;
}
