//! Runs a handler on one delivery and turns what comes of it into a verb.
//!
//! *Holds*: whatever a handler does, also panicking, settles its delivery; an event that does
//! not decode is rejected, since it would not decode the next time either.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use contracts::treaty::bus::v1 as proto;
use futures_util::FutureExt as _;
use proto::DeadLetterCode;
use proto::subscribe_request::Verb;

use super::{BoxError, Delivery, Settle};
use crate::event::DecodeError;

pub(super) async fn handle<H, F>(handler: &H, delivery: Delivery) -> Verb
where
    H: Fn(Delivery) -> F + Send + Sync,
    F: Future<Output = Result<Settle, BoxError>> + Send,
{
    let (sequence, attempt) = (delivery.sequence, delivery.attempt);
    let (id, type_name) = (delivery.event.id().to_owned(), delivery.event.type_name().to_owned());
    // What a panic leaves behind is the handler's own; this side keeps nothing across it.
    let handling = AssertUnwindSafe(async { handler(delivery).await }).catch_unwind();
    let nack = |delay, reason| Verb::Nack(proto::Nack { sequence, attempt, delay, reason });
    let reject = |reason, code: DeadLetterCode| {
        Verb::Reject(proto::Reject { sequence, attempt, reason, code: code.into() })
    };
    match handling.await {
        Ok(Ok(Settle::Ack)) => Verb::Ack(proto::Ack { sequence }),
        Ok(Ok(Settle::Nack { delay })) => {
            nack(delay.and_then(|delay| delay.try_into().ok()), "the handler said so".to_owned())
        }
        Ok(Ok(Settle::Reject { reason })) => {
            tracing::warn!(sequence, id, type_name, reason, "an event was rejected");
            reject(reason, DeadLetterCode::Rejected)
        }
        Ok(Err(error)) if is_undecodable(&*error) => {
            let reason = chain(&*error);
            tracing::error!(sequence, id, type_name, reason, "an event cannot be decoded");
            reject(reason, DeadLetterCode::Undecodable)
        }
        Ok(Err(error)) => {
            let reason = chain(&*error);
            tracing::warn!(sequence, id, type_name, attempt, reason, "an event was not handled");
            nack(None, reason)
        }
        Err(_) => {
            tracing::error!(sequence, id, type_name, attempt, "the handler of an event panicked");
            nack(None, "the handler panicked".to_owned())
        }
    }
}

fn is_undecodable(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<DecodeError>() || error.source().is_some_and(is_undecodable)
}

/// An error and its causes, in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Many errors tell their cause themselves.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
