//! Opens `google.protobuf.Any`.

use treaty_compiler::pool::{Dangling, MessageRef};

use super::json::Unprintable;
use super::{Message, Reading, Value, decode};

/// What an `Any` holds.
pub(super) struct Opened<'p> {
    pub(super) url: String,
    pub(super) of: MessageRef<'p>,
    pub(super) message: Message,
}

/// None where it is empty.
pub(super) fn open<'p>(
    of: MessageRef<'p>,
    message: &Message,
) -> Result<Option<Opened<'p>>, Unprintable> {
    let bytes = |number| match message.fields.get(&number) {
        Some(Value::Text(bytes) | Value::Bytes(bytes)) => &bytes[..],
        _ => &[],
    };
    let url = String::from_utf8_lossy(bytes(1)).into_owned();
    if url.is_empty() && bytes(2).is_empty() {
        return Ok(None);
    }
    let name = name_of(&url);
    let inner = of.pool().message(name).ok_or_else(|| Dangling::new(name))?;
    let lenient = Reading { partial: true, ..Reading::default() };
    let message = decode(inner, bytes(2), lenient)
        .map_err(|why| Unprintable::BadAny { message: name.to_owned(), why })?;
    Ok(Some(Opened { of: inner, message, url }))
}

/// The full name in a type's address: what stands behind the last slash.
pub(super) fn name_of(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

/// An `Any` that holds these bytes.
pub(super) fn close(url: &str, bytes: Vec<u8>) -> Message {
    let mut any = Message::default();
    any.fields.insert(1, Value::Text(url.as_bytes().to_vec()));
    if !bytes.is_empty() {
        any.fields.insert(2, Value::Bytes(bytes));
    }
    any
}
