//! Integers that begin within an octet.
//!
//! *Source*: RFC 7541, section 5.1.

/// Reads an integer whose first bits are the last `prefix` bits of the first octet. `None`
/// when it does not end, or would not fit 28 bits beyond its first octet.
pub(super) fn read(bytes: &mut &[u8], prefix: u32) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    let all_ones = (1_usize << prefix) - 1;
    let mut value = usize::from(first) & all_ones;
    if value < all_ones {
        return Some(value);
    }
    for shift in [0, 7, 14, 21] {
        let (&octet, rest) = bytes.split_first()?;
        *bytes = rest;
        value += (usize::from(octet) & 0x7f) << shift;
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Writes an integer into the last `prefix` bits of `first` and what follows.
pub(super) fn write(out: &mut Vec<u8>, first: u8, prefix: u32, mut value: usize) {
    let all_ones = (1_usize << prefix) - 1;
    if value < all_ones {
        out.push(first | value as u8);
        return;
    }
    out.push(first | all_ones as u8);
    value -= all_ones;
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for prefix in 1..=8 {
            for value in (0..70_000).chain([0x0fff_ffff]) {
                let mut out = Vec::new();
                write(&mut out, 0, prefix, value);
                assert_eq!(read(&mut &out[..], prefix), Some(value));
                assert_eq!(read(&mut &out[..out.len() - 1], prefix), None);
            }
        }
    }

    /// RFC 7541, appendix C.1.
    #[test]
    fn writes_the_examples_of_the_rfc() {
        for (prefix, value, expected) in
            [(5, 10, &[0b01010][..]), (5, 1337, &[0b11111, 0x9a, 0x0a]), (8, 42, &[0x2a])]
        {
            let mut out = Vec::new();
            write(&mut out, 0, prefix, value);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn refuses_what_does_not_end() {
        assert_eq!(read(&mut &[0x1f, 0x80, 0x80, 0x80, 0x80, 0x00][..], 5), None);
        assert_eq!(read(&mut &[][..], 5), None);
    }
}
