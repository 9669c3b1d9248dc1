//! The fixed Huffman code of header strings.
//!
//! *Holds*: the code is canonical, so its lengths are enough to build it. — *Does not*
//! encode: what a forwarder sends on is either in a table, or cheaper to copy than to code. —
//! *Source*: RFC 7541, section 5.2 and appendix B.

/// Bits of each octet's code, and last of the end of a string.
#[rustfmt::skip]
const LENGTHS: [u8; SYMBOLS] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5,
    5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6,
    5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23,
    23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21,
    20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22,
    22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21,
    26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22,
    25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const SYMBOLS: usize = 257;
const END: u16 = 256;
const LONGEST: usize = 30;
/// Codes of up to this many bits are found by one look into a table.
const SHORT: usize = 8;

struct Code {
    /// All symbols in the order of their codes.
    symbols: [u16; SYMBOLS],
    /// By length: the first code of the next length, aligned to the left of 32 bits.
    limits: [u32; LONGEST + 2],
    /// By length: the place in `symbols` of the first code, less that code.
    offsets: [i64; LONGEST + 1],
    /// By the first bits: symbol and length, or length 0 where the code is longer.
    short: [(u8, u8); 1 << SHORT],
}

static CODE: Code = build();

const fn build() -> Code {
    let mut code = Code {
        symbols: [0; SYMBOLS],
        limits: [0; LONGEST + 2],
        offsets: [0; LONGEST + 1],
        short: [(0, 0); 1 << SHORT],
    };
    let (mut next, mut place, mut length) = (0_u64, 0, 1);
    while length <= LONGEST {
        next <<= 1;
        code.offsets[length] = place as i64 - next as i64;
        let mut symbol = 0;
        while symbol < SYMBOLS {
            if LENGTHS[symbol] as usize == length {
                code.symbols[place] = symbol as u16;
                place += 1;
                if length <= SHORT {
                    let first = (next as usize) << (SHORT - length);
                    let mut under = 0;
                    while under < 1 << (SHORT - length) {
                        code.short[first + under] = (symbol as u8, length as u8);
                        under += 1;
                    }
                }
                next += 1;
            }
            symbol += 1;
        }
        code.limits[length] = ((next << (32 - length)) & 0xffff_ffff) as u32;
        length += 1;
    }
    code
}

/// A string that is not in the code: it says "end", or ends with anything but the beginning
/// of "end" of less than one octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotInCode;

/// Appends what a coded string says. It is at most 8/5 as long as the string.
pub(super) fn decode(coded: &[u8], out: &mut Vec<u8>) -> Result<(), NotInCode> {
    out.reserve(coded.len() * 8 / 5);
    // The bits not used yet, aligned to the left.
    let (mut bits, mut held) = (0_u64, 0_u32);
    let mut rest = coded;
    loop {
        while held <= 56 {
            let Some((&octet, more)) = rest.split_first() else { break };
            bits |= u64::from(octet) << (56 - held);
            held += 8;
            rest = more;
        }
        let (symbol, length) = CODE.short[(bits >> (64 - SHORT)) as usize];
        let length = u32::from(length);
        if length != 0 && length <= held {
            out.push(symbol);
            bits <<= length;
            held -= length;
            continue;
        }
        match long(bits) {
            Some((symbol, length)) if length <= held => {
                out.push(u8::try_from(symbol).map_err(|_| NotInCode)?);
                bits <<= length;
                held -= length;
            }
            // Less than a code is left, and there is nothing to add to it.
            _ if rest.is_empty() => break,
            _ => return Err(NotInCode),
        }
    }
    let ones = held == 0 || bits >> (64 - held) == (1 << held) - 1;
    if held < 8 && ones { Ok(()) } else { Err(NotInCode) }
}

/// The symbol at the left of the bits, and its length.
fn long(bits: u64) -> Option<(u16, u32)> {
    let left = (bits >> 32) as u32;
    for length in SHORT + 1..=LONGEST {
        // The limit of the longest is 2^32, which is 0 here.
        if left < CODE.limits[length] || length == LONGEST {
            let place = i64::from(left >> (32 - length)) + CODE.offsets[length];
            let symbol = *CODE.symbols.get(usize::try_from(place).ok()?)?;
            return (symbol <= END).then_some((symbol, length as u32));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes a string, by the same lengths.
    fn encode(text: &[u8]) -> Vec<u8> {
        let mut bits = Vec::new();
        for &octet in text {
            let length = usize::from(LENGTHS[usize::from(octet)]);
            let place = CODE.symbols.iter().position(|&s| s == u16::from(octet)).unwrap();
            let code = place as i64 - CODE.offsets[length];
            bits.extend((0..length).rev().map(|bit| code >> bit & 1 == 1));
        }
        bits.resize(bits.len().next_multiple_of(8), true);
        bits.chunks(8)
            .map(|bits| bits.iter().fold(0, |sum, &bit| sum << 1 | u8::from(bit)))
            .collect()
    }

    fn decoded(coded: &[u8]) -> Result<Vec<u8>, NotInCode> {
        let mut out = Vec::new();
        decode(coded, &mut out).map(|()| out)
    }

    /// The strings of RFC 7541, appendix C.4 and C.6.
    #[test]
    fn reads_the_examples_of_the_rfc() {
        for (hex, text) in [
            ("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"),
            ("a8eb10649cbf", "no-cache"),
            ("25a849e95ba97d7f", "custom-key"),
            ("25a849e95bb8e8b4bf", "custom-value"),
            ("6402", "302"),
            ("aec3771a4b", "private"),
            ("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"),
        ] {
            let coded: Vec<u8> = (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect();
            assert_eq!(decoded(&coded).as_deref(), Ok(text.as_bytes()), "{text}");
            assert_eq!(encode(text.as_bytes()), coded, "{text}");
        }
    }

    #[test]
    fn reads_back_every_octet_in_every_company() {
        let mut random = fastrand::Rng::with_seed(7);
        for round in 0..20_000 {
            let text: Vec<u8> = (0..random.usize(0..40)).map(|_| random.u8(..)).collect();
            assert_eq!(decoded(&encode(&text)), Ok(text), "round {round}");
        }
    }

    #[test]
    fn refuses_what_is_not_padded_as_it_must_be() {
        assert_eq!(decoded(&[]), Ok(vec![]));
        // `a` is 00011: then three ones.
        assert_eq!(decoded(&[0b0001_1111]), Ok(b"a".to_vec()));
        for bad in [&[0b0001_1110][..], &[0b0001_1111, 0xff], &[0xff], &[0xff; 4], &[0xff; 9]] {
            assert_eq!(decoded(bad), Err(NotInCode), "{bad:?}");
        }
    }
}
