//! Forwards everything from one address to another: the engine without decisions, to be measured.
//!
//! `forward 127.0.0.1:9000 127.0.0.1:9001`

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use treaty_proxy::driver::{Config, Links, Listener, Target, Worker};
use treaty_proxy::engine::{
    self, Backend, Call, Decision, Director, Ended, Endpoint, Finished, Method, Outcome, Peer, Say,
};

struct OneEndpoint {
    address: SocketAddr,
    is_ready: bool,
    calls: u64,
}

impl Director for OneEndpoint {
    fn decide(&mut self, _: &Call<'_>, _: Duration) -> Decision {
        Decision::Forward {
            backend: Backend(0),
            method: Method(0),
            timeout: None,
            attempts: 1,
            say: Say::default(),
        }
    }

    fn pick(&mut self, _: Backend, _: Duration) -> Option<Endpoint> {
        self.is_ready.then_some(Endpoint(0))
    }

    fn connected(&mut self, _: Endpoint, _: Duration) {
        self.is_ready = true;
    }

    fn disconnected(&mut self, _: Endpoint, _: Duration) {
        self.is_ready = false;
    }

    fn began(&mut self, _: Endpoint, _: Duration) {}

    fn ended(&mut self, _: Ended, _: Duration) {
        self.calls += 1;
    }

    fn retries(&mut self, _: Backend, _: Outcome, _: u8, _: Duration) -> Option<Duration> {
        None
    }

    fn finished(&mut self, _: Finished) {}

    fn identity(&self, _: Peer) -> Option<&str> {
        None
    }
}

impl Links for OneEndpoint {
    fn peer(&mut self, _: usize, _: SocketAddr, _: Option<&[CertificateDer<'_>]>) -> Option<Peer> {
        Some(Peer(0))
    }

    fn left(&mut self, _: Peer) {}

    fn target(&mut self, _: Endpoint) -> Option<Target> {
        Some(Target { address: self.address, tls: None })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut address = || -> Result<SocketAddr, Box<dyn std::error::Error>> {
        Ok(arguments.next().ok_or("usage: forward <listen> <to>")?.parse()?)
    };
    let (listen, to) = (address()?, address()?);
    let director = OneEndpoint { address: to, is_ready: false, calls: 0 };
    let engine = engine::Config::default();
    let (mut worker, _remote) = Worker::new(Config::default(), engine, director, 1)?;
    worker.listen(Listener::plaintext(TcpListener::bind(listen)?)?)?;
    let now = worker.now();
    worker.engine().add_endpoint(Endpoint(0), Backend(0), now);
    worker.run(|_| false)?;
    Ok(())
}
