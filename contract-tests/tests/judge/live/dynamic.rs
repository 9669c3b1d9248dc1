//! A client without generated code: messages follow descriptors that are read at run time.

use std::collections::BTreeSet;
use std::sync::Mutex;

use anyhow::Context as _;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor};
use serde_json::Value;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};
use treaty_testkit::Plain;

/// Calls under one released version of a contract.
pub(super) struct Caller {
    pool: DescriptorPool,
    channel: Plain,
    called: Mutex<BTreeSet<String>>,
}

impl Caller {
    pub(super) fn new(descriptors: &[u8], channel: Plain) -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(descriptors)?;
        Ok(Self { pool, channel, called: Mutex::default() })
    }

    /// The methods of a contract, as `package.Service/Method`.
    pub(super) fn methods_of(&self, contract: &str) -> BTreeSet<String> {
        self.pool
            .services()
            .filter(|service| service.full_name().starts_with(&format!("{contract}.v")))
            .flat_map(|service| {
                let name = service.full_name().to_owned();
                service
                    .methods()
                    .map(move |method| format!("{name}/{}", method.name()))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Whether this version knows a method.
    pub(super) fn knows(&self, method: &str) -> bool {
        self.method(method).is_ok()
    }

    /// What was called so far.
    pub(super) fn called(&self) -> BTreeSet<String> {
        self.called.lock().unwrap().clone()
    }

    fn method(&self, name: &str) -> anyhow::Result<MethodDescriptor> {
        let (service, method) = name.split_once('/').context("package.Service/Method")?;
        let service = self.pool.get_service_by_name(service).with_context(|| name.to_owned())?;
        service.methods().find(|found| found.name() == method).with_context(|| name.to_owned())
    }

    /// Calls a method with a request in JSON and returns the first `most` answers in JSON.
    ///
    /// Fields that this version does not know may come, and are not shown.
    pub(super) async fn call(
        &self,
        name: &str,
        request: Value,
        most: usize,
    ) -> Result<Vec<Value>, Status> {
        let internal = |error: anyhow::Error| Status::internal(format!("{error:#}"));
        let method = self.method(name).map_err(internal)?;
        let request = DynamicMessage::deserialize(method.input(), request)
            .map_err(|error| Status::internal(format!("{name}: {error}")))?;
        self.called.lock().unwrap().insert(name.to_owned());
        let path: PathAndQuery =
            format!("/{name}").parse().map_err(|_| Status::internal("the path is none"))?;
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let codec = DynamicCodec(method.output());
        let answers = grpc.server_streaming(Request::new(request), path, codec).await?;
        let mut answers = answers.into_inner();
        let mut shown = Vec::new();
        while shown.len() < most
            && let Some(answer) = answers.message().await?
        {
            let value = serde_json::to_value(&answer)
                .map_err(|error| Status::internal(error.to_string()))?;
            shown.push(value);
        }
        Ok(shown)
    }

    /// Calls a unary method and returns its answer in JSON.
    pub(super) async fn unary(&self, name: &str, request: Value) -> Result<Value, Status> {
        let mut answers = self.call(name, request, usize::MAX).await?;
        match answers.len() {
            1 => Ok(answers.remove(0)),
            n => Err(Status::internal(format!("{name}: {n} answers to a unary call"))),
        }
    }
}

/// Encodes any message, decodes messages of one type.
struct DynamicCodec(MessageDescriptor);

impl Codec for DynamicCodec {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = AnyEncoder;
    type Decoder = TypeDecoder;

    fn encoder(&mut self) -> AnyEncoder {
        AnyEncoder
    }

    fn decoder(&mut self) -> TypeDecoder {
        TypeDecoder(self.0.clone())
    }
}

struct AnyEncoder;

impl Encoder for AnyEncoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }
}

struct TypeDecoder(MessageDescriptor);

impl Decoder for TypeDecoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        DynamicMessage::decode(self.0.clone(), buffer)
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }
}
