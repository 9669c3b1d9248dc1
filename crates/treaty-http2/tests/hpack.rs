//! Header compression as a peer sees it: the examples of the RFC, and random lists through
//! decoder, encoder and decoder again.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use treaty_http2::hpack::{Block, Coding, DecodeError, Decoder, Encoder, Name, TABLE_BYTES};

const ROOM: usize = 16 << 10;

fn bytes(hex: &str) -> Vec<u8> {
    let hex: String = hex.split_whitespace().collect();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn list(block: &Block) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    block.iter().map(|field| (text(field.name_text), text(field.value))).collect()
}

fn pairs(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// RFC 7541, appendix C.3 (plain) and C.4 (Huffman): three requests on one connection.
#[test]
fn reads_the_requests_of_the_rfc() {
    println!("the blocks of RFC 7541, C.3 and C.4, read as they say");
    let plain = [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ];
    let huffman = [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ];
    for blocks in [plain, huffman] {
        let (mut decoder, mut block) = (Decoder::new(), Block::new());
        let expected = [
            pairs(&[
                (":method", "GET"),
                (":scheme", "http"),
                (":path", "/"),
                (":authority", "www.example.com"),
            ]),
            pairs(&[
                (":method", "GET"),
                (":scheme", "http"),
                (":path", "/"),
                (":authority", "www.example.com"),
                ("cache-control", "no-cache"),
            ]),
            pairs(&[
                (":method", "GET"),
                (":scheme", "https"),
                (":path", "/index.html"),
                (":authority", "www.example.com"),
                ("custom-key", "custom-value"),
            ]),
        ];
        for (hex, expected) in blocks.iter().zip(expected) {
            decoder.decode(&bytes(hex), ROOM, &mut block).unwrap();
            assert_eq!(list(&block), expected);
            assert!(block.is_valid() && block.is_complete());
        }
    }
}

#[test]
fn keeps_how_a_field_was_written() {
    println!("C.2.2 is left out of tables, C.2.3 never comes into one, and both are sent on so");
    let (mut decoder, mut block) = (Decoder::new(), Block::new());
    let never = bytes("1008 7061 7373 776f 7264 0673 6563 7265 74");
    decoder.decode(&never, ROOM, &mut block).unwrap();
    assert_eq!(block.iter().next().unwrap().coding, Coding::Never);
    let mut out = Vec::new();
    Encoder::new().encode(&block, &mut out);
    assert_eq!(out, never);

    let plain = bytes("040c 2f73 616d 706c 652f 7061 7468");
    decoder.decode(&plain, ROOM, &mut block).unwrap();
    assert_eq!(block.get(Name::Path), Some(&b"/sample/path"[..]));
    out.clear();
    Encoder::new().encode(&block, &mut out);
    assert_eq!(out, plain);
}

#[test]
fn refuses_what_breaks_the_tables() {
    println!("each malformed block is its own error");
    for (hex, error) in [
        ("80", DecodeError::UnknownIndex(0)),
        ("be", DecodeError::UnknownIndex(62)),
        ("ff80808000", DecodeError::UnknownIndex(127)),
        ("ffffffffff", DecodeError::Truncated),
        ("40", DecodeError::Truncated),
        ("4003 6162", DecodeError::Truncated),
        ("0081 1e00", DecodeError::NotHuffman),
        ("3fe21f", DecodeError::TableSize),
        ("8220", DecodeError::TableSize),
    ] {
        let told = Decoder::new().decode(&bytes(hex), ROOM, &mut Block::new());
        assert_eq!(told, Err(error), "{hex}");
    }
}

#[test]
fn bounds_a_list_and_still_keeps_its_table() {
    println!("a list over its bound is cut, and the next block can be read");
    let (mut decoder, mut block) = (Decoder::new(), Block::new());
    // One field of 4,000 bytes into the table, then 2,000 times the same.
    let mut bomb = vec![0x40, 0x01, b'a', 0x7f];
    bomb.extend([0xa1, 0x1e]);
    bomb.extend(vec![b'x'; 127 + 0x21 + (0x1e << 7)]);
    bomb.extend(vec![0xbe; 2_000]);
    decoder.decode(&bomb, ROOM, &mut block).unwrap();
    assert!(!block.is_complete());
    assert!(block.list_bytes() <= ROOM && block.len() <= 5, "{}", block.len());
    decoder.decode(&[0xbe], ROOM, &mut block).unwrap();
    assert!(block.is_complete());
}

#[test]
fn tells_the_peer_of_a_smaller_table() {
    println!("a size goes before the next block: the smallest of the meantime, then the last");
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let mut source = Block::new();
    source.push_shared(&treaty_http2::hpack::SharedField::new("te", "trailers"));
    let (mut out, mut read) = (Vec::new(), Block::new());
    encoder.encode(&source, &mut out);
    decoder.decode(&out, ROOM, &mut read).unwrap();
    encoder.limit(0);
    encoder.limit(1_000_000);
    out.clear();
    encoder.encode(&source, &mut out);
    assert_eq!(&out[..4], [0x20, 0x3f, 0xe1, 0x1f]);
    decoder.decode(&out, ROOM, &mut read).unwrap();
    assert_eq!(list(&read), list(&source));
    out.clear();
    encoder.encode(&source, &mut out);
    assert_eq!(out, [0xbe], "it is in the table again");
}

#[test]
fn what_is_read_is_written_and_read_again() {
    const SEED: u64 = 0x2e7;
    println!("random lists through decoder, encoder and decoder; seed {SEED}");
    let mut random = fastrand::Rng::with_seed(SEED);
    let names = [":path", ":authority", "te", "x-a", "x-b", "grpc-timeout", "user-agent", "cookie"];
    let (mut client, mut inbound) = (Sender::default(), Decoder::new());
    let (mut outbound, mut server) = (Encoder::new(), Decoder::new());
    let (mut block, mut again, mut wire) = (Block::new(), Block::new(), Vec::new());
    for round in 0..5_000 {
        if random.u8(..) < 8 {
            outbound.limit(*random.choice(&[0, 64, 200, 4096, 70_000][..]).unwrap());
        }
        let fields: Vec<(String, String, u8)> = (0..random.usize(0..12))
            .map(|_| {
                let name = random.choice(names).unwrap();
                let length = if random.u8(..) < 4 { 3_000 } else { random.usize(0..24) };
                let value = random.choice(["a", "bc", "-", "/"]).unwrap().repeat(length);
                (name.to_owned(), value, random.u8(0..3))
            })
            .collect();
        wire.clear();
        client.write(&fields, &mut wire);
        inbound.decode(&wire, 1 << 20, &mut block).unwrap();
        let sent: Vec<_> = fields.iter().map(|(n, v, _)| (n.clone(), v.clone())).collect();
        assert_eq!(list(&block), sent, "round {round}");
        wire.clear();
        outbound.encode(&block, &mut wire);
        server.decode(&wire, 1 << 20, &mut again).unwrap();
        assert_eq!(list(&again), sent, "round {round}");
        assert_eq!(again.list_bytes(), block.list_bytes());
    }
}

/// A peer that writes every representation: a table of its own, literals with and without it.
#[derive(Default)]
struct Sender {
    table: Vec<(String, String)>,
}

impl Sender {
    fn write(&mut self, fields: &[(String, String, u8)], out: &mut Vec<u8>) {
        for (name, value, how) in fields {
            let known = self.table.iter().position(|(n, v)| n == name && v == value);
            if let (Some(place), 0) = (known, how) {
                integer(out, 0x80, 7, 62 + place);
                continue;
            }
            let (first, prefix) = [(0x40, 6), (0x00, 4), (0x10, 4)][usize::from(*how)];
            match self.table.iter().position(|(n, _)| n == name) {
                Some(place) => integer(out, first, prefix, 62 + place),
                None => {
                    out.push(first);
                    integer(out, 0, 7, name.len());
                    out.extend(name.as_bytes());
                }
            }
            integer(out, 0, 7, value.len());
            out.extend(value.as_bytes());
            if *how == 0 {
                self.table.insert(0, (name.clone(), value.clone()));
                let cost = |table: &[(String, String)]| {
                    table.iter().map(|(n, v)| n.len() + v.len() + 32).sum::<usize>()
                };
                while cost(&self.table) > TABLE_BYTES {
                    self.table.pop();
                }
            }
        }
    }
}

fn integer(out: &mut Vec<u8>, first: u8, prefix: u32, mut value: usize) {
    let ones = (1 << prefix) - 1;
    if value < ones {
        return out.push(first | value as u8);
    }
    out.push(first | ones as u8);
    value -= ones;
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}
