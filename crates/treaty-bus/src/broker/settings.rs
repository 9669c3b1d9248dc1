//! Turns what a group asks for into what it gets.
//!
//! *Holds*: what is asked beyond the bus's limits is cut to them or refused; what is left out
//! is the bus's default.

use std::time::Duration;

use contracts::treaty::bus::v1 as proto;

use super::config::{Config, Limits};
use super::error::CallError;

/// How a group is served.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) types: Vec<String>,
    pub(crate) max_in_flight: usize,
    pub(crate) ack_wait: Duration,
    pub(crate) backoff: Vec<Duration>,
    pub(crate) max_deliveries: u32,
    pub(crate) park: bool,
}

impl Settings {
    pub(crate) fn new(open: &proto::OpenGroup, config: &Config) -> Result<Self, CallError> {
        let (limits, defaults) = (&config.limits, &config.defaults);
        check_name(&open.group)?;
        check_types(&open.types, limits)?;
        let ack_wait = match open.ack_wait {
            None => defaults.ack_wait,
            Some(wait) => positive("ack_wait", wait)?,
        };
        let backoff = match open.backoff.as_slice() {
            [] => defaults.backoff.clone(),
            steps => steps
                .iter()
                .take(limits.backoff_steps)
                .map(|step| not_negative("backoff", *step))
                .collect::<Result<_, _>>()?,
        };
        let or = |asked, default| if asked == 0 { default } else { asked };
        let in_flight =
            or(open.max_in_flight, defaults.max_in_flight).clamp(1, limits.in_flight.max(1));
        let policy = proto::DeadLetterPolicy::try_from(open.on_dead_letter)
            .map_err(|_| CallError::invalid("on_dead_letter", "is not known"))?;
        Ok(Self {
            types: open.types.clone(),
            max_in_flight: in_flight as usize,
            ack_wait,
            backoff,
            max_deliveries: or(open.max_deliveries, defaults.max_deliveries).max(1),
            park: policy == proto::DeadLetterPolicy::ParkKey,
        })
    }

    /// What a group gets that asks for nothing.
    pub(crate) fn defaults(config: &Config) -> Self {
        let defaults = &config.defaults;
        Self {
            types: Vec::new(),
            max_in_flight: defaults.max_in_flight.clamp(1, config.limits.in_flight.max(1)) as usize,
            ack_wait: defaults.ack_wait,
            backoff: defaults.backoff.clone(),
            max_deliveries: defaults.max_deliveries.max(1),
            park: false,
        }
    }

    /// Whether the group hears events of a type.
    pub(crate) fn hears(&self, type_name: &str) -> bool {
        self.types.is_empty()
            || self.types.iter().any(|filter| match filter.strip_suffix('*') {
                Some(prefix) => type_name.starts_with(prefix),
                None => filter == type_name,
            })
    }

    /// The wait after so many failed attempts; at least 1.
    pub(crate) fn backoff_after(&self, attempts: u32) -> Duration {
        let step = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        self.backoff.get(step).or(self.backoff.last()).copied().unwrap_or_default()
    }
}

fn check_name(name: &str) -> Result<(), CallError> {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
    };
    if name.is_empty() || name.len() > 128 || !name.bytes().all(allowed) {
        return Err(CallError::invalid("group", "must be 1 to 128 of a-z, 0-9, '.', '_' and '-'"));
    }
    Ok(())
}

fn check_types(types: &[String], limits: &Limits) -> Result<(), CallError> {
    if types.len() > limits.types {
        return Err(CallError::invalid("types", format!("at most {} filters", limits.types)));
    }
    let wrong = |filter: &&String| {
        let name = filter.strip_suffix(".*").unwrap_or(filter);
        name.is_empty() || name.contains('*') || name.len() > 512
    };
    match types.iter().find(wrong) {
        None => Ok(()),
        Some(filter) => {
            let problem = format!("`{filter}` is neither a full name nor a prefix ending in `.*`");
            Err(CallError::invalid("types", problem))
        }
    }
}

/// Longer waits are cut to this, so that no moment lies beyond the end of the clock.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

pub(crate) fn not_negative(
    field: &str,
    duration: prost_types::Duration,
) -> Result<Duration, CallError> {
    Duration::try_from(duration)
        .map(|duration| duration.min(LONGEST))
        .map_err(|_| CallError::invalid(field, "must not be negative"))
}

fn positive(field: &str, duration: prost_types::Duration) -> Result<Duration, CallError> {
    match not_negative(field, duration)? {
        Duration::ZERO => Err(CallError::invalid(field, "must be longer than nothing")),
        duration => Ok(duration),
    }
}
