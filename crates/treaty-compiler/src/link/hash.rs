//! A fast hash for names. — *Does not* withstand names chosen to collide beyond what a seed per compile
//! gives: std's `RandomState` seeds it. — *Source*: the folded multiplication of the crates `ahash` and
//! `foldhash`.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Builds hashers with one random seed.
#[derive(Clone)]
pub(crate) struct FastHash(u64);

impl Default for FastHash {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for FastHash {
    type Hasher = Fast;

    fn build_hasher(&self) -> Fast {
        Fast(self.0)
    }
}

/// Eight bytes at a time.
pub(crate) struct Fast(u64);

impl Fast {
    fn add(&mut self, word: u64) {
        let mixed = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15_u128;
        self.0 = (mixed as u64) ^ ((mixed >> 64) as u64);
    }
}

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|&word| self.add(u64::from_le_bytes(word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last) ^ (bytes.len() as u64).rotate_left(56));
    }

    fn write_u8(&mut self, _end_of_text: u8) {}

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
