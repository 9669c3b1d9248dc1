//! One call of server reflection: questions and answers in turn on a stream of HTTP/2. — *Holds*: an
//! answer is bounded.

use anyhow::{Context as _, bail, ensure};
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use prost::Message as _;
use tokio::net::TcpStream;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

/// The most bytes of one answer.
const MAX_ANSWER: usize = 64 << 20;
/// The status of what a server does not have.
const UNIMPLEMENTED: &str = "12";

/// An answer, or that there is nobody to answer.
pub(super) enum Asked {
    Answer(MessageResponse),
    Unimplemented,
}

/// A call that is open.
pub(super) struct Stream {
    host: String,
    send: h2::SendStream<Bytes>,
    response: Option<h2::client::ResponseFuture>,
    receive: Option<h2::RecvStream>,
    /// What came and was not read yet.
    rest: BytesMut,
}

impl Stream {
    /// Calls a method at `host:port`.
    pub(super) async fn open(host: &str, method: &str) -> anyhow::Result<Self> {
        let socket =
            TcpStream::connect(host).await.with_context(|| format!("no answer at {host}"))?;
        let (client, connection) = h2::client::handshake(socket).await?;
        tokio::spawn(connection);
        let request = http::Request::post(format!("http://{host}{method}"))
            .version(http::Version::HTTP_2)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())?;
        let (response, send) = client.ready().await?.send_request(request, false)?;
        let rest = BytesMut::new();
        Ok(Self { host: host.to_owned(), send, response: Some(response), receive: None, rest })
    }

    /// Asks for files.
    pub(super) async fn files(&mut self, request: MessageRequest) -> anyhow::Result<Vec<Vec<u8>>> {
        match self.ask(request).await? {
            Asked::Answer(MessageResponse::FileDescriptorResponse(files)) => {
                Ok(files.file_descriptor_proto)
            }
            Asked::Answer(MessageResponse::ErrorResponse(error)) => {
                bail!("{}", error.error_message)
            }
            _ => bail!("the service answered another question"),
        }
    }

    /// Asks one question.
    pub(super) async fn ask(&mut self, request: MessageRequest) -> anyhow::Result<Asked> {
        let request =
            ServerReflectionRequest { host: self.host.clone(), message_request: Some(request) };
        let mut frame = BytesMut::new();
        frame.put_u8(0);
        frame.put_u32(u32::try_from(request.encoded_len()).context("a question is short")?);
        request.encode(&mut frame)?;
        self.send.send_data(frame.freeze(), false)?;
        let Some(message) = self.message().await? else { return Ok(Asked::Unimplemented) };
        let response = ServerReflectionResponse::decode(message)?;
        Ok(Asked::Answer(response.message_response.context("the service answered nothing")?))
    }

    /// The next message; none where the method is not there.
    async fn message(&mut self) -> anyhow::Result<Option<Bytes>> {
        if let Some(response) = self.response.take() {
            let response = response.await?;
            let status = response.status();
            // As the protocol of gRPC tells a server without the method, or without gRPC.
            if status == http::StatusCode::NOT_FOUND || is_unimplemented(response.headers())? {
                return Ok(None);
            }
            ensure!(status.is_success(), "the service answered {status}");
            self.receive = Some(response.into_body());
        }
        let receive = self.receive.as_mut().context("the service answered before")?;
        loop {
            if let Some(message) = whole(&mut self.rest)? {
                return Ok(Some(message));
            }
            let Some(data) = receive.data().await else { break };
            let data = data?;
            receive.flow_control().release_capacity(data.len())?;
            self.rest.extend_from_slice(&data);
        }
        let trailers = receive.trailers().await?.unwrap_or_default();
        if is_unimplemented(&trailers)? {
            return Ok(None);
        }
        bail!("the service ended the call")
    }
}

/// A whole message out of what came so far.
fn whole(rest: &mut BytesMut) -> anyhow::Result<Option<Bytes>> {
    let Some(head) = rest.get(..5) else { return Ok(None) };
    ensure!(head[0] == 0, "the service packs its answers, though nobody asked for that");
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    ensure!(length <= MAX_ANSWER, "the service answers with more than {MAX_ANSWER} bytes");
    if rest.len() < 5 + length {
        return Ok(None);
    }
    rest.advance(5);
    Ok(Some(rest.split_to(length).freeze()))
}

/// Whether the status says so; another failure is an error.
fn is_unimplemented(headers: &http::HeaderMap) -> anyhow::Result<bool> {
    let Some(status) = headers.get("grpc-status").and_then(|status| status.to_str().ok()) else {
        return Ok(false);
    };
    let message = headers.get("grpc-message").and_then(|message| message.to_str().ok());
    match status {
        UNIMPLEMENTED => Ok(true),
        "0" => Ok(false),
        status => bail!("the service failed with status {status}: {}", message.unwrap_or_default()),
    }
}
