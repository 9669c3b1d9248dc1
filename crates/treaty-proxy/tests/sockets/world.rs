//! A worker on a thread of its own, an echo behind it, and clients before it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Response};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use treaty_proxy::driver::{Config, Links, Listener, Remote, Target, Worker};
use treaty_proxy::engine::{
    self, Backend, Call, Decision, Director, Ended, Endpoint, Finished, Method, Outcome, Peer, Say,
};

/// Sends everything to the one endpoint.
pub(crate) struct OneEndpoint {
    target: Target,
    is_ready: bool,
    peers: usize,
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

    fn ended(&mut self, _: Ended, _: Duration) {}

    fn retries(&mut self, _: Backend, _: Outcome, _: u8, _: Duration) -> Option<Duration> {
        None
    }

    fn finished(&mut self, _: Finished) {}

    fn identity(&self, _: Peer) -> Option<&str> {
        None
    }
}

impl Links for OneEndpoint {
    fn peer(
        &mut self,
        _: usize,
        _: SocketAddr,
        certificates: Option<&[CertificateDer<'_>]>,
    ) -> Option<Peer> {
        assert!(certificates.is_none_or(|chain| !chain.is_empty()));
        self.peers += 1;
        Some(Peer(0))
    }

    fn left(&mut self, _: Peer) {
        self.peers -= 1;
    }

    fn target(&mut self, _: Endpoint) -> Option<Target> {
        Some(self.target.clone())
    }
}

/// An authority and what it certified: `server` and `client`.
struct Certified {
    roots: Arc<RootCertStore>,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

pub(crate) struct World {
    address: SocketAddr,
    remote: Remote<OneEndpoint>,
    thread: JoinHandle<usize>,
    certified: Option<Certified>,
    echo: tokio::task::JoinHandle<()>,
}

impl World {
    pub(crate) async fn plaintext() -> Self {
        Self::new(None).await
    }

    pub(crate) async fn tls() -> Self {
        Self::new(Some(certify())).await
    }

    async fn new(certified: Option<Certified>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let acceptor =
            certified.as_ref().map(|certified| TlsAcceptor::from(Arc::clone(&certified.server)));
        let target = Target {
            address: listener.local_addr().unwrap(),
            tls: certified.as_ref().map(|certified| (Arc::clone(&certified.client), name())),
        };
        let echo = tokio::spawn(echo(listener, acceptor));
        let director = OneEndpoint { target, is_ready: false, peers: 0 };
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let listener = match &certified {
            None => Listener::plaintext(socket),
            Some(certified) => {
                let config = Arc::clone(&certified.server);
                Listener::tls(socket, move || Arc::clone(&config))
            }
        };
        let (told, asked) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let (mut worker, remote) =
                Worker::new(Config::default(), engine::Config::default(), director, 1).unwrap();
            worker.listen(listener.unwrap()).unwrap();
            let now = worker.now();
            worker.engine().add_endpoint(Endpoint(0), Backend(0), now);
            told.send(remote).unwrap();
            worker.run(|_| false).unwrap();
            worker.engine().director().peers
        });
        let remote = asked.recv().unwrap();
        Self { address, remote, thread, certified, echo }
    }

    pub(crate) async fn client(&self) -> SendRequest<Bytes> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        match &self.certified {
            None => connect(stream).await.unwrap(),
            Some(certified) => {
                let tls = TlsConnector::from(Arc::clone(&certified.client));
                connect(tls.connect(name(), stream).await.unwrap()).await.unwrap()
            }
        }
    }

    /// A client that the authority did not certify, or another did.
    pub(crate) async fn stranger(&self, certified_by_another: bool) -> Result<(), h2::Error> {
        let roots = Arc::clone(&self.certified.as_ref().unwrap().roots);
        let other = certify();
        let builder = ClientConfig::builder().with_root_certificates(roots);
        let mut config = if certified_by_another {
            let resolver = Arc::clone(&other.client.client_auth_cert_resolver);
            builder.with_client_cert_resolver(resolver)
        } else {
            builder.with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(self.address).await.unwrap();
        let tls = TlsConnector::from(Arc::new(config)).connect(name(), stream).await;
        // With TLS 1.3 a client hears only after its own handshake that it is not wanted.
        let Ok(tls) = tls else { return Err(h2::Reason::CONNECT_ERROR.into()) };
        let client = connect(tls).await?;
        let mut client = client.ready().await?;
        let request = http::Request::post("http://a/a.B/Echo").body(()).unwrap();
        client.send_request(request, true)?.0.await.map(drop)
    }

    pub(crate) fn drain(&self) {
        self.remote.run(Worker::drain);
    }

    /// Ends the worker by leaving it, and waits for it.
    pub(crate) async fn end(self) {
        drop(self.remote);
        self.echo.abort();
        let thread = self.thread;
        let peers = tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();
        assert!(peers <= 1, "{peers} callers are held though they left");
    }
}

async fn connect<IO>(io: IO) -> Result<SendRequest<Bytes>, h2::Error>
where
    IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = h2::client::handshake(io).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Reads a body to its end, and its trailers.
pub(crate) async fn collect(answer: Response<h2::RecvStream>) -> (Vec<u8>, HeaderMap) {
    let mut body = answer.into_body();
    let mut all = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece.unwrap();
        body.flow_control().release_capacity(piece.len()).unwrap();
        all.extend_from_slice(&piece);
    }
    (all, body.trailers().await.unwrap().unwrap_or_default())
}

async fn echo(listener: TcpListener, acceptor: Option<TlsAcceptor>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        match acceptor.clone() {
            None => drop(tokio::spawn(serve(stream))),
            Some(acceptor) => {
                let stream = acceptor.accept(stream).await.unwrap();
                tokio::spawn(serve(stream));
            }
        }
    }
}

async fn serve<IO>(io: IO)
where
    IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let Ok(mut connection) = h2::server::handshake(io).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        tokio::spawn(async move {
            let response = Response::builder().header("content-type", "application/grpc");
            let mut out = respond.send_response(response.body(()).unwrap(), false).unwrap();
            let mut body = request.into_body();
            while let Some(Ok(piece)) = body.data().await {
                let mut rest = piece.clone();
                while !rest.is_empty() {
                    out.reserve_capacity(rest.len());
                    let Some(Ok(room)) = std::future::poll_fn(|cx| out.poll_capacity(cx)).await
                    else {
                        return;
                    };
                    let now = rest.split_to(room.min(rest.len()));
                    if out.send_data(now, false).is_err() {
                        return;
                    }
                }
                // Only what was sent on makes room for more.
                if body.flow_control().release_capacity(piece.len()).is_err() {
                    return;
                }
            }
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
            // The caller may have gone meanwhile.
            let _ = out.send_trailers(trailers);
        });
    }
}

fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

fn certify() -> Certified {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let roots = Arc::new(roots);
    let leaf = || {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    };
    let verifier = WebPkiClientVerifier::builder(Arc::clone(&roots)).build().unwrap();
    let (chain, key) = leaf();
    let mut server = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    server.alpn_protocols = vec![b"h2".to_vec()];
    let (chain, key) = leaf();
    let mut client = ClientConfig::builder()
        .with_root_certificates(Arc::clone(&roots))
        .with_client_auth_cert(chain, key)
        .unwrap();
    client.alpn_protocols = vec![b"h2".to_vec()];
    Certified { roots, server: Arc::new(server), client: Arc::new(client) }
}
