//! Reads, writes and shortens the time that a call may take.
//!
//! *Holds*: a deadline is never extended; what is written never exceeds what is left. —
//! *Source*: gRPC over HTTP/2, `grpc-timeout`: 1 to 8 digits and one of `H M S m u n`.

use std::time::Duration;

/// Why a `grpc-timeout` cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`grpc-timeout` must be 1 to 8 digits and one of H, M, S, m, u, n")]
pub struct InvalidTimeout;

/// Reads the value of a `grpc-timeout` header.
///
/// # Errors
/// When the value does not follow the specification.
pub fn parse(value: &str) -> Result<Duration, InvalidTimeout> {
    let unit = *value.as_bytes().last().ok_or(InvalidTimeout)?;
    let digits = &value.as_bytes()[..value.len() - 1];
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Err(InvalidTimeout);
    }
    let amount = digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Ok(match unit {
        b'H' => Duration::from_secs(amount * 3600),
        b'M' => Duration::from_secs(amount * 60),
        b'S' => Duration::from_secs(amount),
        b'm' => Duration::from_millis(amount),
        b'u' => Duration::from_micros(amount),
        b'n' => Duration::from_nanos(amount),
        _ => return Err(InvalidTimeout),
    })
}

/// Writes a `grpc-timeout` of at most `left`, in the finest unit that 8 digits can hold.
pub fn format(left: Duration) -> String {
    const DIGITS_8: u128 = 99_999_999;
    let nanos = left.as_nanos();
    for (unit, size) in [("n", 1_u128), ("u", 1_000), ("m", 1_000_000), ("S", 1_000_000_000)] {
        if nanos / size <= DIGITS_8 {
            return format!("{}{unit}", nanos / size);
        }
    }
    format!("{}H", (nanos / 3_600_000_000_000).min(DIGITS_8))
}

/// What is left of a caller's timeout after `elapsed`, or of our own, whichever is less.
///
/// `None` when neither sets one; zero when it has run out.
pub fn remaining(
    caller: Option<Duration>,
    own: Option<Duration>,
    elapsed: Duration,
) -> Option<Duration> {
    let left = caller.map(|timeout| timeout.saturating_sub(elapsed));
    match (left, own) {
        (Some(left), Some(own)) => Some(left.min(own)),
        (left, own) => left.or(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit() {
        assert_eq!(parse("1H"), Ok(Duration::from_secs(3600)));
        assert_eq!(parse("2M"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("3S"), Ok(Duration::from_secs(3)));
        assert_eq!(parse("4m"), Ok(Duration::from_millis(4)));
        assert_eq!(parse("5u"), Ok(Duration::from_micros(5)));
        assert_eq!(parse("99999999n"), Ok(Duration::from_nanos(99_999_999)));
    }

    #[test]
    fn refuses_what_the_specification_does_not_know() {
        for value in ["", "S", "1", "1s", "-1S", "123456789S", "1.5S", " 1S", "1é"] {
            assert_eq!(parse(value), Err(InvalidTimeout), "{value}");
        }
    }

    #[test]
    fn never_writes_more_than_is_left() {
        for nanos in [0, 1, 99_999_999, 100_000_000, 123_456_789_012, u64::MAX] {
            let left = Duration::from_nanos(nanos);
            let written = parse(&format(left)).unwrap();
            assert!(written <= left, "{left:?} became {written:?}");
        }
    }

    #[test]
    fn takes_off_the_time_used_and_never_extends() {
        let second = Duration::from_secs(1);
        assert_eq!(remaining(Some(second), None, second * 2), Some(Duration::ZERO));
        assert_eq!(remaining(Some(second * 9), Some(second), second), Some(second));
        assert_eq!(remaining(Some(second * 3), Some(second * 9), second), Some(second * 2));
        assert_eq!(remaining(None, None, second), None);
    }
}
