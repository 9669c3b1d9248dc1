//! The descriptors of a running service, by server reflection over plain HTTP/2. — *Does not* speak
//! TLS. — *Holds*: it ends within a bounded time, and a hostile service cannot fill the memory.
//! — *Source*: gRPC server reflection protocol, v1 and v1alpha, which differ in their name alone.

mod stream;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use prost::Message;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use treaty_compiler::wire::put_bytes;

use stream::{Asked, Stream};

/// For all questions together.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most files, and the most bytes of them together, that a service may show.
const MAX_FILES: usize = 100_000;
const MAX_BYTES: usize = 512 << 20;

const V1: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
const V1_ALPHA: &str = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;
/// buf's extension of a file in an image, and `is_import = true` in it.
const BUF_EXTENSION: u32 = 8042;
const IS_IMPORT: &[u8] = &[0x08, 0x01];

/// The files of all services at `grpc://host:port`, as a descriptor set.
pub(super) fn read(url: &str) -> anyhow::Result<Vec<u8>> {
    let Some(host) = url.strip_prefix("grpc://") else {
        bail!("{url}: TLS is not spoken here yet; use grpc:// through a local port");
    };
    ensure!(!host.is_empty() && !host.contains('/'), "{url} is not grpc://host:port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let files = runtime.block_on(async {
        let asked = tokio::time::timeout(PATIENCE, files(host)).await;
        asked.context("the service takes too long to answer")?
    });
    Ok(set(files.with_context(|| format!("cannot read {url}"))?))
}

/// Every file by name.
async fn files(host: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut stream = Stream::open(host, V1).await?;
    let list = MessageRequest::ListServices("*".to_owned());
    let mut answer = stream.ask(list.clone()).await?;
    if matches!(answer, Asked::Unimplemented) {
        stream = Stream::open(host, V1_ALPHA).await?;
        answer = stream.ask(list).await?;
    }
    let services = match answer {
        Asked::Answer(MessageResponse::ListServicesResponse(list)) => list.service,
        Asked::Answer(MessageResponse::ErrorResponse(error)) => bail!("{}", error.error_message),
        Asked::Answer(_) => bail!("the service answered another question"),
        Asked::Unimplemented => bail!("the service has no server reflection"),
    };
    let names = services.into_iter().map(|service| service.name);
    let shown = names.filter(|name| !name.starts_with("grpc.reflection."));
    let mut wanted: VecDeque<MessageRequest> =
        shown.map(MessageRequest::FileContainingSymbol).collect();
    let (mut files, mut asked, mut bytes) = (BTreeMap::new(), BTreeSet::new(), 0);
    while let Some(request) = wanted.pop_front() {
        for file in stream.files(request).await? {
            let (name, imports) = names_in(&file)?;
            bytes += file.len();
            asked.insert(name.clone());
            files.insert(name, file);
            ensure!(files.len() <= MAX_FILES && bytes <= MAX_BYTES, "the service shows too much");
            for import in imports {
                if asked.insert(import.clone()) {
                    wanted.push_back(MessageRequest::FileByFilename(import));
                }
            }
        }
    }
    Ok(files)
}

/// The name of an encoded file, and what it imports.
fn names_in(file: &[u8]) -> anyhow::Result<(String, Vec<String>)> {
    /// The part of `google.protobuf.FileDescriptorProto` that is asked for.
    #[derive(Clone, PartialEq, Message)]
    struct Names {
        #[prost(string, tag = "1")]
        name: String,
        #[prost(string, repeated, tag = "3")]
        imports: Vec<String>,
    }
    let names = Names::decode(file).context("the service shows what is no file")?;
    Ok((names.name, names.imports))
}

/// One descriptor set; what belongs to protobuf itself is an import.
fn set(files: BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut set = Vec::new();
    for (name, mut file) in files {
        if name.starts_with("google/protobuf/") {
            put_bytes(&mut file, BUF_EXTENSION, IS_IMPORT);
        }
        put_bytes(&mut set, FILE, &file);
    }
    set
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::net::TcpListener;
    use tonic::codegen::Service as _;
    use treaty_engine::{Descriptors, Sources};
    use treaty_mesh::reflection::Reflection;

    use super::*;

    /// Serves reflection over a small contract; with v1alpha alone if `old`.
    fn serve(old: bool) -> String {
        let sources = Sources::from([
            ("b.proto".to_owned(), "syntax = \"proto3\"; package b; message B {}".into()),
            (
                "a.proto".to_owned(),
                "syntax = \"proto3\"; package a; import \"b.proto\"; import \"google/protobuf/empty.proto\";\
                 service S { rpc Get(b.B) returns (google.protobuf.Empty); }".into(),
            ),
        ]);
        let (descriptors, findings) = Descriptors::compile(&sources);
        assert!(findings.is_empty(), "{findings:?}");
        let reflection = Reflection::of(&[&descriptors.encode()], &["a.S".to_owned()]);
        let (told, port) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                told.send(listener.local_addr().expect("bound").port()).expect("the test waits");
                loop {
                    let (socket, _) = listener.accept().await.expect("a caller");
                    let (new, alpha) = (reflection.clone().v1(), reflection.clone().v1alpha());
                    let service = hyper::service::service_fn(
                        move |request: http::Request<hyper::body::Incoming>| {
                            let (mut new, mut alpha) = (new.clone(), alpha.clone());
                            async move {
                                match request.uri().path().contains("v1alpha") {
                                    true => alpha.call(request).await,
                                    false if old => {
                                        Ok(tonic::Status::unimplemented("too old").into_http())
                                    }
                                    false => new.call(request).await,
                                }
                            }
                        },
                    );
                    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(socket), service);
                    tokio::spawn(connection);
                }
            });
        });
        format!("grpc://127.0.0.1:{}", port.recv().expect("the server starts"))
    }

    #[test]
    fn reads_all_files_of_a_service_in_both_versions() {
        for old in [false, true] {
            let set = read(&serve(old)).expect("the service answers");
            let descriptors = Descriptors::decode(&set).expect("a whole set");
            assert_eq!(descriptors.own().collect::<Vec<_>>(), ["a.proto", "b.proto"], "old: {old}");
        }
    }

    #[test]
    fn what_is_no_service_is_an_error() {
        assert!(read("grpc://127.0.0.1:1").is_err());
        assert!(read("grpcs://127.0.0.1:1").is_err());
        assert!(read("grpc://").is_err());
    }
}
