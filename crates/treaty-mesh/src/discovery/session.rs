//! One stream to control, from its opening to its end.
//!
//! *Holds*: control hears who we are first, then what we want with the versions that we
//! still hold, so that it sends differences only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contracts::treaty::control::v1::discovery_service_client::DiscoveryServiceClient;
use contracts::treaty::control::v1::sync_request::Message;
use contracts::treaty::control::v1::{
    Ack, ContractDescriptors, Hello, Subscribe, SyncRequest, SyncResponse,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Discovery, Wanted};
use crate::config::Config;
use crate::identity::Identity;
use crate::transport;

/// How a session ended.
pub(super) struct Ended {
    /// Whether control had answered before.
    pub(super) was_open: bool,
    /// Why.
    pub(super) reason: String,
}

impl Ended {
    fn early(reason: impl std::fmt::Display) -> Self {
        Self { was_open: false, reason: reason.to_string() }
    }
}

/// Messages that wait to be sent; control reads promptly or the session waits.
const OUTGOING: usize = 64;
/// Control may send a whole contract with its descriptors.
const MAX_MESSAGE_BYTES: usize = 16 << 20;

pub(super) async fn run(
    discovery: &Arc<Discovery>,
    config: &Config,
    identity: &Arc<Identity>,
) -> Ended {
    let tls = identity
        .id()
        .sibling("control")
        .map_err(Ended::early)
        .and_then(|control| identity.client_config(&control).map_err(Ended::early));
    let tls = match tls {
        Ok(tls) => tls,
        Err(ended) => return ended,
    };
    let connection = match transport::connect(&config.control, tls, config).await {
        Ok(connection) => connection,
        Err(error) => return Ended::early(error),
    };
    let (channel, driver) = connection.into_channel();
    let client = DiscoveryServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let session = Session { discovery, config, heard: AtomicBool::new(false) };
    tokio::select! {
        ended = session.talk(client) => ended,
        closed = driver => Ended {
            was_open: session.heard.load(Ordering::Relaxed),
            reason: closed.map_or_else(|error| error.to_string(), |()| "connection closed".into()),
        },
    }
}

struct Session<'a> {
    discovery: &'a Arc<Discovery>,
    config: &'a Config,
    /// Whether control has said anything: until then, it may have refused our certificate.
    heard: AtomicBool,
}

type Outgoing = mpsc::Sender<SyncRequest>;

impl Session<'_> {
    async fn talk(&self, mut client: DiscoveryServiceClient<transport::SingleConnection>) -> Ended {
        let (outgoing, requests) = mpsc::channel(OUTGOING);
        let mut wanted = self.discovery.wanted.subscribe();
        let mut told = Wanted::default();
        let now = wanted.borrow_and_update().clone();
        let hello = Hello {
            node_id: self.config.node_id.clone(),
            software: concat!("treaty-mesh/", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        // The queue is empty and larger than what is said here, so nobody waits.
        say(&outgoing, Message::Hello(hello)).await;
        self.tell(&outgoing, &mut told, now).await;
        let mut changes = match client.sync(ReceiverStream::new(requests)).await {
            Ok(response) => response.into_inner(),
            Err(status) => return Ended::early(status),
        };
        loop {
            let was_open = self.heard.load(Ordering::Relaxed);
            tokio::select! {
                change = changes.message() => match change {
                    Ok(Some(change)) => {
                        self.heard.store(true, Ordering::Relaxed);
                        self.apply(&outgoing, change).await;
                    }
                    Ok(None) => return Ended { was_open, reason: "control ended the stream".into() },
                    Err(status) => return Ended { was_open, reason: status.message().to_owned() },
                },
                Ok(()) = wanted.changed() => {
                    let now = wanted.borrow_and_update().clone();
                    self.tell(&outgoing, &mut told, now).await;
                }
            }
        }
    }

    /// Says what differs between what control was told and what it should know.
    async fn tell(&self, outgoing: &Outgoing, told: &mut Wanted, now: Wanted) {
        for (kind, selection) in &now.selections {
            if told.selections.get(kind) != Some(selection) {
                let subscribe = Subscribe {
                    kind: *kind,
                    selectors: selection.selectors.iter().cloned().collect(),
                    all: selection.all,
                    known_versions: self.discovery.cache.versions(*kind),
                };
                say(outgoing, Message::Subscribe(subscribe)).await;
            }
        }
        if told.announce != now.announce
            && let Some(announce) = &now.announce
        {
            say(outgoing, Message::Announce(announce.clone())).await;
        }
        *told = now;
    }

    async fn apply(&self, outgoing: &Outgoing, mut change: SyncResponse) {
        let nonce = std::mem::take(&mut change.nonce);
        for digest in std::mem::take(&mut change.wanted_contracts) {
            let contract = self.discovery.contracts().get(digest.as_str()).copied();
            let Some(contract) = contract else { continue };
            let descriptors = ContractDescriptors {
                contract: Some(self.discovery.refer(contract)),
                file_descriptor_set: contract.descriptor_set.to_vec().into(),
            };
            say(outgoing, Message::Contract(descriptors)).await;
        }
        self.discovery.cache.apply(change);
        say(outgoing, Message::Ack(Ack { nonce, error: String::new() })).await;
    }
}

/// A message that cannot be sent is lost with its stream, and said again on the next one.
async fn say(outgoing: &Outgoing, message: Message) {
    let _ = outgoing.send(SyncRequest { message: Some(message) }).await;
}
