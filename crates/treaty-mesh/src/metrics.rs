//! What a node counts, in the Prometheus text format.
//!
//! *Holds*: the label sets are closed: methods of known contracts or `other`, and the
//! codes of gRPC. — *Source*: names as in go-grpc-middleware's Prometheus provider;
//! OpenMetrics text exposition.

use std::collections::HashSet;
use std::time::Duration;

use arc_swap::ArcSwap;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use treaty_core::method::MethodPath;
use treaty_core::status;

/// Whether a call came in or went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// We are called.
    Server,
    /// We call.
    Client,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Handled {
    grpc_service: String,
    grpc_method: String,
    grpc_code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Timed {
    grpc_service: String,
    grpc_method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

type Seconds = Family<Timed, Histogram, fn() -> Histogram>;

/// The counters of one node.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    methods: ArcSwap<HashSet<String>>,
    server: (Family<Handled, Counter>, Seconds),
    client: (Family<Handled, Counter>, Seconds),
    refused: Family<Refused, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let mut pair = |side: &str, verb: &str| {
            let handled = Family::<Handled, Counter>::default();
            let seconds: Seconds = Family::new_with_constructor(histogram);
            registry.register(
                format!("grpc_{side}_handled"),
                format!("Calls {verb}, by method and status code"),
                handled.clone(),
            );
            registry.register(
                format!("grpc_{side}_handling_seconds"),
                format!("Seconds until a call that was {verb} had ended"),
                seconds.clone(),
            );
            (handled, seconds)
        };
        let server = pair("server", "answered");
        let client = pair("client", "made");
        let refused = Family::default();
        registry.register(
            "treaty_connections_refused",
            "Connections that did not get through the TLS handshake",
            refused.clone(),
        );
        Self { registry, methods: ArcSwap::default(), server, client, refused }
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

impl Metrics {
    /// Adds the methods of contracts to the known ones; each is an encoded
    /// `FileDescriptorSet`, and one that cannot be read adds nothing.
    pub fn know<'a>(&self, descriptor_sets: impl IntoIterator<Item = &'a [u8]>) {
        let mut methods = HashSet::clone(&self.methods.load());
        for bytes in descriptor_sets {
            let Ok(set) = FileDescriptorSet::decode(bytes) else { continue };
            for file in &set.file {
                for service in &file.service {
                    for method in &service.method {
                        methods.insert(format!(
                            "{}.{}/{}",
                            file.package(),
                            service.name(),
                            method.name()
                        ));
                    }
                }
            }
        }
        self.methods.store(methods.into());
    }

    /// Counts one call that has ended; `path` is that of the request.
    pub fn handled(&self, direction: Direction, path: &str, code: i32, took: Duration) {
        let known = MethodPath::parse(path)
            .filter(|_| self.methods.load().contains(path.trim_start_matches('/')));
        let (service, method) =
            known.map_or(("other", "other"), |path| (path.service, path.method));
        let (handled, seconds) = match direction {
            Direction::Server => &self.server,
            Direction::Client => &self.client,
        };
        let labels = Timed { grpc_service: service.to_owned(), grpc_method: method.to_owned() };
        seconds.get_or_create(&labels).observe(took.as_secs_f64());
        let Timed { grpc_service, grpc_method } = labels;
        let labels = Handled { grpc_service, grpc_method, grpc_code: status::name(code) };
        handled.get_or_create(&labels).inc();
    }

    /// Counts one connection that was refused in the handshake.
    pub(crate) fn connection_refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Refused { reason }).inc();
    }

    /// All counters as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail; a metric that cannot be encoded is left out.
        if let Err(error) = prometheus_client::encoding::text::encode(&mut text, &self.registry) {
            tracing::error!(%error, "a metric cannot be encoded");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_create_series() {
        let metrics = Metrics::default();
        metrics.know([contracts::TREATY_CONTROL.descriptor_set]);
        let known = "/treaty.control.v1.DiscoveryService/Sync";
        for path in [known, "/a.B/C", "/a.B/D", "nonsense"] {
            metrics.handled(Direction::Server, path, 77, Duration::from_millis(1));
        }
        let text = metrics.text();
        assert!(text.contains(r#"grpc_method="Sync",grpc_code="other"} 1"#), "{text}");
        assert!(text.contains(r#"grpc_method="other",grpc_code="other"} 3"#), "{text}");
        assert!(!text.contains("a.B"), "{text}");
    }
}
