//! Walks the top-level fields of an encoded message. — *Does not* know any schema, so what it keeps
//! it keeps to the byte. — *Source*: protobuf encoding guide.

/// One field with its tag, as it stands in the buffer.
#[derive(Debug)]
pub struct RawField<'a> {
    /// As the schema numbers it.
    pub number: u64,
    /// The value of a length-delimited field, else empty.
    pub payload: &'a [u8],
    /// Tag and value.
    pub whole: &'a [u8],
}

/// The fields in order; `None` where the buffer is no message.
#[must_use]
pub fn fields(buffer: &[u8]) -> Option<Vec<RawField<'_>>> {
    let mut found = Vec::new();
    let mut rest = buffer;
    while !rest.is_empty() {
        let start = rest;
        let (tag, after) = varint(rest)?;
        let (payload, after): (&[u8], &[u8]) = match tag & 7 {
            0 => (&[], varint(after)?.1),
            1 => (&[], after.get(8..)?),
            2 => {
                let (length, after) = varint(after)?;
                after.split_at_checked(usize::try_from(length).ok()?)?
            }
            5 => (&[], after.get(4..)?),
            _ => return None,
        };
        let whole = &start[..start.len() - after.len()];
        found.push(RawField { number: tag >> 3, payload, whole });
        rest = after;
    }
    Some(found)
}

/// Appends a length-delimited field.
///
/// The number is one that a schema can have.
pub fn push(buffer: &mut Vec<u8>, number: u64, payload: &[u8]) {
    push_varint(buffer, number << 3 | 2);
    push_varint(buffer, payload.len() as u64);
    buffer.extend_from_slice(payload);
}

fn varint(buffer: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (index, byte) in buffer.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, &buffer[index + 1..]));
        }
    }
    None
}

fn push_varint(buffer: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        buffer.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    buffer.push(value as u8);
}
