//! Whether a call that failed is sent again, and after which wait.
//!
//! *Does not* count what others retry: [`crate::retry_budget`] does. — *Holds*: never more
//! attempts than were configured; what the server says about the wait is obeyed; what may change
//! something twice is not sent twice. — *Source*: gRFC A6.

use std::time::Duration;

/// What a contract says of sending a call twice.
///
/// Source: `google.protobuf.MethodOptions.IdempotencyLevel`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// Nothing: twice may be once too often.
    #[default]
    Unknown,
    /// Twice is as good as once.
    Idempotent,
    /// It changes nothing.
    NoSideEffects,
}

/// gRPC status codes, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Codes(u32);

impl Codes {
    /// These codes, each of 0 to 16; others are left out.
    pub const fn of(codes: &[u8]) -> Self {
        let (mut set, mut place) = (0, 0);
        while place < codes.len() {
            if codes[place] <= 16 {
                set |= 1 << codes[place];
            }
            place += 1;
        }
        Self(set)
    }

    /// Whether a code is one of them.
    pub const fn contains(self, code: u8) -> bool {
        code <= 16 && self.0 & 1 << code != 0
    }
}

/// When and how often calls are sent again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// How often a call may be sent in all; at most [`MAX_ATTEMPTS`].
    pub max_attempts: u8,
    /// After which statuses.
    pub codes: Codes,
    /// The wait after the first attempt, before jitter.
    pub initial: Duration,
    /// The longest wait, before jitter.
    pub max_wait: Duration,
    /// How much longer each wait is than the one before.
    pub multiplier: f64,
}

/// No policy sends a call more often than this.
pub const MAX_ATTEMPTS: u8 = 5;

impl Default for Config {
    fn default() -> Self {
        Self {
            max_attempts: 2,
            codes: Codes::of(&[14]),
            initial: Duration::from_millis(25),
            max_wait: Duration::from_millis(250),
            multiplier: 2.0,
        }
    }
}

/// What a server says of the next attempt, in `grpc-retry-pushback-ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushback {
    /// Nothing.
    Silent,
    /// After this time.
    Wait(Duration),
    /// None; a value that is no number means this too.
    Stop,
}

impl Pushback {
    /// Reads the header.
    pub fn parse(value: Option<&[u8]>) -> Self {
        let Some(value) = value else { return Self::Silent };
        let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
        match number.map(u64::try_from) {
            Some(Ok(wait)) if wait <= MAX_PUSHBACK_MS => Self::Wait(Duration::from_millis(wait)),
            Some(Ok(_)) => Self::Wait(Duration::from_millis(MAX_PUSHBACK_MS)),
            _ => Self::Stop,
        }
    }
}

/// The longest wait that a server may ask for, in milliseconds; as Linkerd's.
const MAX_PUSHBACK_MS: u64 = 300_000;

/// How an attempt ended, before anything of its answer went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// With a status of the server's.
    Status(u8),
    /// Without one: the stream was reset or the connection lost. The server may have done it.
    Lost,
}

/// After which wait attempt number `attempt` + 1 is made, or why not.
///
/// `attempt` counts from 1; `random` is uniform over `u64`.
///
/// # Errors
/// The reason for which the call is not sent again.
pub fn next_wait(
    config: &Config,
    idempotency: Idempotency,
    failure: Failure,
    pushback: Pushback,
    attempt: u8,
    random: u64,
) -> Result<Duration, NoRetry> {
    if attempt >= config.max_attempts.min(MAX_ATTEMPTS) {
        return Err(NoRetry::NoAttemptLeft);
    }
    let is_retryable = match failure {
        Failure::Status(code) => config.codes.contains(code),
        Failure::Lost => config.codes.contains(14),
    };
    if !is_retryable {
        return Err(NoRetry::NotRetryable);
    }
    if idempotency == Idempotency::Unknown {
        return Err(NoRetry::NotIdempotent);
    }
    match pushback {
        Pushback::Stop => Err(NoRetry::PushedBack),
        Pushback::Wait(wait) => Ok(wait),
        Pushback::Silent => Ok(backoff(config, attempt, random)),
    }
}

/// Why a call is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRetry {
    /// It was sent as often as it may be.
    #[error("it was sent as often as the policy allows")]
    NoAttemptLeft,
    /// The policy does not name the status.
    #[error("the policy does not retry this status")]
    NotRetryable,
    /// The contract does not say that twice is as good as once.
    #[error("the method has no `idempotency_level`")]
    NotIdempotent,
    /// The server said so.
    #[error("the server said not to, in `grpc-retry-pushback-ms`")]
    PushedBack,
}

/// Source: gRFC A6: min(initial × multiplier^(n−1), max) × between 0.8 and 1.2.
fn backoff(config: &Config, attempt: u8, random: u64) -> Duration {
    let factor = config.multiplier.powi(i32::from(attempt) - 1);
    let seconds = (config.initial.as_secs_f64() * factor).min(config.max_wait.as_secs_f64());
    let jitter = 0.8 + 0.4 * (random as f64 / u64::MAX as f64);
    Duration::try_from_secs_f64(seconds * jitter).unwrap_or(config.max_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn wait(attempt: u8, failure: Failure, pushback: Pushback) -> Result<Duration, NoRetry> {
        let config = Config { max_attempts: 9, ..Config::default() };
        next_wait(&config, Idempotency::Idempotent, failure, pushback, attempt, u64::MAX / 2)
    }

    #[test]
    fn waits_longer_each_time_and_ends() {
        let unavailable = |attempt| wait(attempt, Failure::Status(14), Pushback::Silent);
        for (attempt, expected) in [(1, 25), (2, 50), (3, 100), (4, 200)] {
            let waited = unavailable(attempt).unwrap();
            assert!(waited.abs_diff(MS * expected) < MS, "{attempt}: {waited:?}");
        }
        assert_eq!(unavailable(5), Err(NoRetry::NoAttemptLeft), "whatever was configured");
        assert_eq!(wait(1, Failure::Status(5), Pushback::Silent), Err(NoRetry::NotRetryable));
        assert!(wait(1, Failure::Lost, Pushback::Silent).is_ok());
    }

    #[test]
    fn the_server_has_the_last_word() {
        let pushed = |value: &[u8]| wait(1, Failure::Status(14), Pushback::parse(Some(value)));
        assert_eq!(pushed(b"7"), Ok(MS * 7));
        assert_eq!(pushed(b"0"), Ok(Duration::ZERO));
        assert_eq!(pushed(b"999999999999"), Ok(Duration::from_secs(300)));
        for stop in [&b"-1"[..], b"soon", b"", b"1.5", b"\xff"] {
            assert_eq!(pushed(stop), Err(NoRetry::PushedBack), "{stop:?}");
        }
    }

    #[test]
    fn what_may_do_harm_twice_is_sent_once() {
        let config = Config::default();
        let next =
            |idempotency| next_wait(&config, idempotency, Failure::Lost, Pushback::Silent, 1, 0);
        assert_eq!(next(Idempotency::Unknown), Err(NoRetry::NotIdempotent));
        assert!(next(Idempotency::NoSideEffects).is_ok());
    }
}
