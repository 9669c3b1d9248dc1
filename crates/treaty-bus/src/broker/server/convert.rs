//! Turns messages into what the machine takes, and what it gives into messages.

use contracts::io::cloudevents::v1::CloudEvent;
use contracts::treaty::bus::v1 as proto;
use prost::Message as _;
use tonic::Status;

use super::invalid;
use crate::broker::config::Limits;
use crate::broker::error::CallError;
use crate::broker::log::{Dead, DeadKey, Record};
use crate::broker::machine::{Verb, Which};
use crate::broker::settings::not_negative;
use crate::event::Event;

/// Checks events and makes records of them.
pub(super) fn records(events: Vec<CloudEvent>, limits: &Limits) -> Result<Vec<Record>, CallError> {
    if events.len() > limits.batch_events {
        let problem = format!("at most {} events at a time", limits.batch_events);
        return Err(CallError::invalid("events", problem));
    }
    events.into_iter().enumerate().map(|(index, event)| record(index, event, limits)).collect()
}

fn record(index: usize, event: CloudEvent, limits: &Limits) -> Result<Record, CallError> {
    let event = Event::from(event);
    if let Err(wrong) = event.validate() {
        return Err(CallError::invalid(
            format!("events[{index}].{}", wrong.attribute),
            wrong.problem,
        ));
    }
    let body = event.as_ref().encode_to_vec();
    if body.len() > limits.event_bytes.max(64 * 1024) {
        let problem = format!("is longer than {} bytes", limits.event_bytes);
        return Err(CallError::invalid(format!("events[{index}]"), problem));
    }
    Ok(Record {
        source: event.source().to_owned(),
        id: event.id().to_owned(),
        type_name: event.type_name().to_owned(),
        key: event.key().map(str::to_owned),
        body,
    })
}

/// What a consumer says after it has opened.
pub(super) fn verb(request: proto::SubscribeRequest) -> Result<Verb, Status> {
    use proto::subscribe_request::Verb as Said;
    Ok(match request.verb {
        None => return Err(invalid("verb", "must be set")),
        Some(Said::Open(_)) => return Err(invalid("open", "comes first and once")),
        Some(Said::Credit(proto::Credit { deliveries })) => Verb::Credit { deliveries },
        Some(Said::Ack(proto::Ack { sequence })) => Verb::Ack { sequence },
        Some(Said::Nack(proto::Nack { sequence, attempt, delay, reason })) => {
            let delay = delay.map(|delay| not_negative("nack.delay", delay)).transpose()?;
            Verb::Nack { sequence, attempt, delay, reason }
        }
        Some(Said::InProgress(proto::InProgress { sequence, attempt })) => {
            Verb::InProgress { sequence, attempt }
        }
        Some(Said::Reject(proto::Reject { sequence, attempt, reason, code })) => {
            let code = match proto::DeadLetterCode::try_from(code) {
                Ok(proto::DeadLetterCode::Unspecified | proto::DeadLetterCode::Rejected) => {
                    proto::DeadLetterCode::Rejected
                }
                Ok(proto::DeadLetterCode::Undecodable) => proto::DeadLetterCode::Undecodable,
                _ => return Err(invalid("reject.code", "must be REJECTED or UNDECODABLE")),
            };
            Verb::Reject { sequence, attempt, reason, code }
        }
    })
}

pub(super) fn which(sequences: Vec<u64>, all: bool) -> Result<Which, Status> {
    match (sequences.is_empty(), all) {
        (true, true) => Ok(Which::All),
        (false, false) if sequences.len() <= 1000 => Ok(Which::These(sequences)),
        (false, false) => Err(invalid("sequences", "at most 1000 at a time")),
        _ => Err(invalid("sequences", "either some sequences or all")),
    }
}

pub(super) fn page_size(asked: i32) -> Result<u32, Status> {
    match u32::try_from(asked) {
        Ok(0) => Ok(100),
        Ok(size) => Ok(size.min(1000)),
        Err(_) => Err(invalid("page_size", "must not be negative")),
    }
}

pub(super) fn page_token(token: &str) -> Result<DeadKey, Status> {
    if token.is_empty() {
        return Ok((String::new(), 0));
    }
    let parsed = token
        .rsplit_once('/')
        .and_then(|(group, sequence)| Some((group.to_owned(), sequence.parse().ok()?)));
    parsed.ok_or_else(|| invalid("page_token", "is not from a page of this list"))
}

pub(super) fn to_page_token(last: &Dead) -> String {
    format!("{}/{}", last.group, last.sequence)
}

pub(super) fn dead_letter(dead: Dead) -> proto::DeadLetter {
    let nanos = i32::try_from(dead.dead_ms.rem_euclid(1000)).unwrap_or_default() * 1_000_000;
    proto::DeadLetter {
        group: dead.group,
        sequence: dead.sequence,
        event: dead.event.ok(),
        attempts: dead.attempts,
        first_error: dead.first_error,
        last_error: dead.last_error,
        code: dead.code,
        dead_time: Some(prost_types::Timestamp { seconds: dead.dead_ms.div_euclid(1000), nanos }),
        redriving: dead.redriving,
    }
}

pub(super) fn without_data(dead: Dead) -> proto::DeadLetter {
    let mut letter = dead_letter(dead);
    if let Some(event) = &mut letter.event {
        event.data = None;
    }
    letter
}
