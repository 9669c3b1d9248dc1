//! Answers in both versions of the protocol: the same messages under two package names.

use std::pin::Pin;

use bytes::Bytes;
use prost::Message;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};
use tonic_reflection::pb::{v1, v1alpha};

use super::{Reflection, Schema};

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl v1::server_reflection_server::ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let schema = self.schema.clone();
        let answers = request
            .into_inner()
            .map(move |request| request.map(|request| answer(&schema.load(), request)));
        Ok(Response::new(Box::pin(answers)))
    }
}

#[tonic::async_trait]
impl v1alpha::server_reflection_server::ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<v1alpha::ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<v1alpha::ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let schema = self.schema.clone();
        let answers = request.into_inner().map(move |request| {
            request.and_then(|request| same(&answer(&schema.load(), same(&request)?)))
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

/// The same message under its other name: field names and numbers are equal.
fn same<T: Message + Default>(message: &impl Message) -> Result<T, Status> {
    T::decode(message.encode_to_vec().as_slice())
        .map_err(|error| Status::internal(error.to_string()))
}

fn answer(schema: &Schema, request: ServerReflectionRequest) -> ServerReflectionResponse {
    let answer = match &request.message_request {
        Some(MessageRequest::ListServices(_)) => {
            let names = schema.services().iter();
            let service = names.map(|name| ServiceResponse { name: name.clone() }).collect();
            MessageResponse::ListServicesResponse(ListServiceResponse { service })
        }
        Some(MessageRequest::FileByFilename(name)) => files(schema.file(name), name),
        Some(MessageRequest::FileContainingSymbol(symbol)) => {
            files(schema.file_of_symbol(symbol), symbol)
        }
        Some(MessageRequest::FileContainingExtension(extension)) => {
            let (name, number) = (&extension.containing_type, extension.extension_number);
            files(schema.file_of_extension(name, number), &format!("extension {number} of {name}"))
        }
        Some(MessageRequest::AllExtensionNumbersOfType(name)) => numbers(schema, name),
        None => error(Code::InvalidArgument, "the request asks for nothing".to_owned()),
    };
    ServerReflectionResponse {
        valid_host: request.host.clone(),
        original_request: Some(request),
        message_response: Some(answer),
    }
}

fn files(files: Option<Vec<Bytes>>, what: &str) -> MessageResponse {
    match files {
        Some(files) => {
            let file_descriptor_proto = files.iter().map(|file| file.to_vec()).collect();
            MessageResponse::FileDescriptorResponse(FileDescriptorResponse {
                file_descriptor_proto,
            })
        }
        None => error(Code::NotFound, format!("{what} is not known here")),
    }
}

fn numbers(schema: &Schema, name: &str) -> MessageResponse {
    match schema.extension_numbers(name) {
        Some(extension_number) => {
            let base_type_name = name.to_owned();
            MessageResponse::AllExtensionNumbersResponse(ExtensionNumberResponse {
                base_type_name,
                extension_number,
            })
        }
        None => error(Code::NotFound, format!("{name} is not known here")),
    }
}

fn error(code: Code, error_message: String) -> MessageResponse {
    MessageResponse::ErrorResponse(ErrorResponse { error_code: code as i32, error_message })
}
