//! Messages, clients, servers and descriptors of every contract under `proto/`.
//!
//! Nothing here is written by hand but this map: `build.rs` compiles the protos
//! and this file gives each package its place. Each top folder of `proto/` is a
//! cargo feature.

#![allow(missing_docs, clippy::all, reason = "generated code documents itself in the protos")]

/// A contract as this build knows it: the thing that a service promises and others build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// Such as `shop.catalog`.
    pub name: &'static str,
    /// The version in its `contract.toml`: the last one that was released.
    pub version: &'static str,
    /// `sha256:` and the hex digest of its descriptors without source positions.
    pub digest: &'static str,
    /// Full names of its gRPC services.
    pub services: &'static [&'static str],
    /// A self-contained encoded `google.protobuf.FileDescriptorSet`.
    pub descriptor_set: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/contracts.rs"));

/// Standards that others own.
#[cfg(feature = "io")]
pub mod io {
    /// CloudEvents, <https://cloudevents.io>.
    pub mod cloudevents {
        pub mod v1 {
            tonic::include_proto!("io.cloudevents.v1");
        }
    }
}

/// The example: an online shop.
#[cfg(feature = "shop")]
pub mod shop {
    /// What is for sale.
    pub mod catalog {
        pub mod v1 {
            tonic::include_proto!("shop.catalog.v1");
        }
        pub mod v2 {
            tonic::include_proto!("shop.catalog.v2");
        }
    }
    /// Who bought what.
    pub mod orders {
        pub mod events {
            pub mod v1 {
                tonic::include_proto!("shop.orders.events.v1");
            }
        }
        pub mod v1 {
            tonic::include_proto!("shop.orders.v1");
        }
    }
    /// What leaves the warehouse.
    pub mod dispatch {
        pub mod events {
            pub mod v1 {
                tonic::include_proto!("shop.dispatch.events.v1");
            }
        }
        pub mod v1 {
            tonic::include_proto!("shop.dispatch.v1");
        }
    }
}

/// The product's own protocols.
#[cfg(feature = "treaty")]
pub mod treaty {
    /// Between nodes and the control plane.
    pub mod control {
        pub mod v1 {
            tonic::include_proto!("treaty.control.v1");
        }
    }
    /// Between services and the bus.
    pub mod bus {
        pub mod v1 {
            tonic::include_proto!("treaty.bus.v1");
        }
    }
}
