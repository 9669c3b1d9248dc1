//! Header blocks, one after the other on one connection.

use treaty_http2::hpack::{Block, Decoder, Encoder};

/// Blocks, each after one byte with its length: what is decoded is encoded and decoded again.
pub fn header_blocks(bytes: &[u8]) {
    const MOST: usize = 4 << 10;
    let (mut decoder, mut encoder, mut again) = (Decoder::new(), Encoder::new(), Decoder::new());
    let (mut block, mut read, mut wire) = (Block::new(), Block::new(), Vec::new());
    let mut rest = bytes;
    while let [length, more @ ..] = rest {
        let (one, more) = more.split_at(usize::from(*length).min(more.len()));
        rest = more;
        if decoder.decode(one, MOST, &mut block).is_err() {
            return;
        }
        assert!(block.list_bytes() <= MOST, "a list of {} bytes", block.list_bytes());
        if length % 16 == 7 {
            encoder.limit(u32::from(*length) * 8);
        }
        wire.clear();
        encoder.encode(&block, &mut wire);
        again.decode(&wire, MOST, &mut read).expect("what we write can be read");
        assert!(block.iter().eq(read.iter()) || shared_otherwise(&block, &read), "reads otherwise");
        assert_eq!(block.is_valid(), read.is_valid());
    }
}

/// Whether the blocks differ only in that one was too long for a table.
fn shared_otherwise(one: &Block, other: &Block) -> bool {
    let texts = |block: &Block| -> Vec<(Vec<u8>, Vec<u8>)> {
        block.iter().map(|field| (field.name_text.to_vec(), field.value.to_vec())).collect()
    };
    texts(one) == texts(other)
}
