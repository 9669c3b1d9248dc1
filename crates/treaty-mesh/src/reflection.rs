//! Tells callers such as grpcurl what can be called, from descriptors: v1 and v1alpha.
//!
//! *Does not* know where descriptors come from: a service gives its own, the gateway all
//! that it exposes. — *Holds*: only visible services are listed and found; files are
//! answered as the bytes that came in. — *Source*: gRPC server reflection protocol.

mod schema;
mod versions;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tonic_reflection::pb::{v1, v1alpha};

pub use schema::{ConflictingFile, Schema};

use v1::server_reflection_server::ServerReflectionServer as V1;
use v1alpha::server_reflection_server::ServerReflectionServer as V1Alpha;

/// Answers reflection from a schema that may be replaced while it serves; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Reflection {
    schema: Arc<ArcSwap<Schema>>,
}

impl Reflection {
    /// Reflection over fixed descriptors: encoded `FileDescriptorSet`s, of which `services`
    /// are shown. Sets that contradict each other are logged and left out.
    pub fn of(descriptor_sets: &[&[u8]], services: &[String]) -> Self {
        let reflection = Self::default();
        match Schema::new(descriptor_sets, services) {
            Ok(schema) => reflection.replace(schema),
            Err(error) => tracing::error!(%error, "reflection has nothing to show"),
        }
        reflection
    }

    /// Answers from another schema from now on.
    pub fn replace(&self, schema: Schema) {
        self.schema.store(Arc::new(schema));
    }

    /// The service `grpc.reflection.v1.ServerReflection`.
    pub fn v1(self) -> V1<Self> {
        V1::new(self)
    }

    /// The service `grpc.reflection.v1alpha.ServerReflection`.
    pub fn v1alpha(self) -> V1Alpha<Self> {
        V1Alpha::new(self)
    }
}
