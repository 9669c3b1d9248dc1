//! Builds and reads an event: what happened, where, about what, and its data.
//!
//! *Does not* know which types exist; a contract does. *Holds*: whatever [`Event::validate`]
//! accepts, the bus accepts. *Source*: CloudEvents 1.0.2 with its protobuf format, and the
//! extensions `partitionkey`, `traceparent` and `tracestate`.

use std::time::SystemTime;

use contracts::io::cloudevents::v1::cloud_event::Data;
use contracts::io::cloudevents::v1::cloud_event_attribute_value::Attr;
use contracts::io::cloudevents::v1::{CloudEvent, CloudEventAttributeValue};
use prost::Message;
use uuid::Uuid;

/// The longest id, source, type, subject, key or other attribute, in bytes.
const MAX_ATTRIBUTE_BYTES: usize = 4096;

/// An event with all its attributes, as it travels.
#[derive(Debug, Clone, PartialEq)]
pub struct Event(CloudEvent);

/// The data are not what was asked for; deliver the event again and they still are not.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DecodeError {
    /// The event carries text, a media type of another kind, or nothing.
    #[error("event {id} carries no protobuf data")]
    NotProtobuf {
        /// The event's id.
        id: String,
    },
    /// The bytes are not a message of that type.
    #[error("event {id} of type {type_name} does not decode: {cause}")]
    Malformed {
        /// The event's id.
        id: String,
        /// What the event says it is.
        type_name: String,
        /// What is wrong.
        #[source]
        cause: prost::DecodeError,
    },
}

/// An event that no bus takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{attribute}: {problem}")]
pub struct InvalidEvent {
    /// The CloudEvents name of what is wrong.
    pub attribute: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Event {
    /// A new event with a fresh time-ordered id (UUIDv7) that happened now.
    ///
    /// - `source`: where, a URI reference such as `//shop.orders/order`.
    /// - `type_name`: the full name of `M`, such as `shop.orders.events.v1.OrderPlaced`.
    /// - `subject`: about what, such as the order's id; also the ordering key, unless
    ///   [`Event::with_key`] says otherwise. Empty means none.
    #[must_use]
    pub fn new<M: Message>(source: &str, type_name: &str, subject: &str, message: &M) -> Self {
        let mut event = Self(CloudEvent {
            id: Uuid::now_v7().to_string(),
            source: source.to_owned(),
            spec_version: "1.0".to_owned(),
            r#type: type_name.to_owned(),
            data: Some(Data::BinaryData(message.encode_to_vec().into())),
            ..CloudEvent::default()
        });
        event.set("time", Attr::CeTimestamp(SystemTime::now().into()));
        event.set("datacontenttype", Attr::CeString("application/protobuf".to_owned()));
        if !subject.is_empty() {
            event.set("subject", Attr::CeString(subject.to_owned()));
        }
        event
    }

    /// With this id instead of the fresh one. The bus stores one event per source and id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.0.id = id.into();
        self
    }

    /// With an ordering key (`partitionkey`) other than the subject.
    #[must_use]
    pub fn with_key(self, key: impl Into<String>) -> Self {
        self.with_attribute("partitionkey", key)
    }

    /// With the W3C trace context of the span that caused it, where there is one.
    #[must_use]
    pub fn with_traceparent(self, traceparent: Option<&str>) -> Self {
        match traceparent {
            Some(traceparent) => self.with_attribute("traceparent", traceparent),
            None => self,
        }
    }

    /// With an extension attribute. Names are lower-case letters and digits. Attributes are
    /// logged, so they hold no secrets.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, Attr::CeString(value.into()));
        self
    }

    /// Unique within [`Event::source`].
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Where it happened.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// What happened: the full name of the event's message, and the name of its topic.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.0.r#type
    }

    /// About what.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.attribute("subject")
    }

    /// What it is ordered by: `partitionkey`, else `subject`, else nothing.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.attribute("partitionkey").or_else(|| self.subject()).filter(|key| !key.is_empty())
    }

    /// When it happened, if it says so.
    #[must_use]
    pub fn time(&self) -> Option<SystemTime> {
        match self.0.attributes.get("time")?.attr.as_ref()? {
            Attr::CeTimestamp(time) => SystemTime::try_from(*time).ok(),
            _ => None,
        }
    }

    /// The W3C trace context of its cause.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.attribute("traceparent")
    }

    /// An attribute whose value is text.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        match self.0.attributes.get(name)?.attr.as_ref()? {
            Attr::CeString(text) | Attr::CeUri(text) | Attr::CeUriRef(text) => Some(text),
            _ => None,
        }
    }

    /// Reads the data as `M`.
    ///
    /// # Errors
    /// [`DecodeError`] where the data are not an `M`. Return it from a handler with `?`, and
    /// the event becomes a dead letter at once.
    pub fn decode<M: Message + Default>(&self) -> Result<M, DecodeError> {
        let bytes: &[u8] = match &self.0.data {
            Some(Data::BinaryData(bytes)) => bytes,
            Some(Data::ProtoData(any)) => &any.value,
            Some(Data::TextData(_)) | None => {
                return Err(DecodeError::NotProtobuf { id: self.0.id.clone() });
            }
        };
        M::decode(bytes).map_err(|cause| DecodeError::Malformed {
            id: self.0.id.clone(),
            type_name: self.0.r#type.clone(),
            cause,
        })
    }

    /// Checks what the bus demands of every event.
    ///
    /// # Errors
    /// [`InvalidEvent`] names the first attribute that is wrong.
    pub fn validate(&self) -> Result<(), InvalidEvent> {
        let fault = |attribute: &str, problem| {
            Err(InvalidEvent { attribute: attribute.to_owned(), problem })
        };
        if self.0.spec_version != "1.0" {
            return fault("specversion", "must be 1.0");
        }
        for (name, value) in
            [("id", self.id()), ("source", self.source()), ("type", self.type_name())]
        {
            if value.is_empty() {
                return fault(name, "must not be empty");
            }
            if value.len() > MAX_ATTRIBUTE_BYTES {
                return fault(name, "must be at most 4096 bytes long");
            }
        }
        for (name, value) in &self.0.attributes {
            if name.is_empty()
                || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            {
                return fault(name, "attribute names are lower-case letters and digits");
            }
            if value.encoded_len() > MAX_ATTRIBUTE_BYTES {
                return fault(name, "must be at most 4096 bytes long");
            }
            if matches!(name.as_str(), "subject" | "partitionkey") && self.attribute(name).is_none()
            {
                return fault(name, "must be text");
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, attr: Attr) {
        self.0.attributes.insert(name.to_owned(), CloudEventAttributeValue { attr: Some(attr) });
    }
}

impl From<CloudEvent> for Event {
    fn from(event: CloudEvent) -> Self {
        Self(event)
    }
}

impl From<Event> for CloudEvent {
    fn from(event: Event) -> Self {
        event.0
    }
}

impl AsRef<CloudEvent> for Event {
    fn as_ref(&self) -> &CloudEvent {
        &self.0
    }
}
