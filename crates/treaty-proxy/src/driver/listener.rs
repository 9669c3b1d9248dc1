//! Where connections are accepted.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};

/// What a listener offers now; asked for each connection, so that a new certificate counts at
/// once.
type Offer = Box<dyn Fn() -> Arc<rustls::ServerConfig> + Send>;

/// A socket that accepts.
pub struct Listener {
    socket: TcpListener,
    offer: Option<Offer>,
}

impl Listener {
    /// Speaks plaintext.
    ///
    /// # Errors
    /// When the socket cannot be made non-blocking.
    pub fn plaintext(socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket: TcpListener::from_std(socket), offer: None })
    }

    /// Speaks TLS, as `offer` says at the time.
    ///
    /// # Errors
    /// When the socket cannot be made non-blocking.
    pub fn tls(
        socket: std::net::TcpListener,
        offer: impl Fn() -> Arc<rustls::ServerConfig> + Send + 'static,
    ) -> io::Result<Self> {
        Ok(Self { offer: Some(Box::new(offer)), ..Self::plaintext(socket)? })
    }

    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut self.socket, token, Interest::READABLE)
    }

    pub(super) fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.socket.accept()
    }

    pub(super) fn session(&self) -> Result<Option<rustls::ServerConnection>, rustls::Error> {
        self.offer.as_ref().map(|offer| rustls::ServerConnection::new(offer())).transpose()
    }

    pub(super) fn close(mut self, registry: &Registry) {
        // It is closed right after; nothing is lost when it was never watched.
        let _ = registry.deregister(&mut self.socket);
    }
}
