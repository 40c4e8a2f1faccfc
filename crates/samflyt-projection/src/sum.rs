//! Count and order-independent hash of everything stored.

use xxhash_rust::xxh3::Xxh3Default;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub count: u64,
    pub hash: u128,
}

impl Sum {
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        self.count = self.count.wrapping_add(1);
        self.hash = self.hash.wrapping_add(hash(key, value));
    }

    pub fn subtract(&mut self, key: &[u8], value: &[u8]) {
        self.count = self.count.wrapping_sub(1);
        self.hash = self.hash.wrapping_sub(hash(key, value));
    }
}

/// The key's length goes in, so that no byte can move between key and value unseen.
fn hash(key: &[u8], value: &[u8]) -> u128 {
    const SHORT: usize = 120;
    let length = key.len() + value.len() + 8;
    if length <= SHORT {
        let mut bytes = [0; SHORT];
        bytes[..8].copy_from_slice(&(key.len() as u64).to_be_bytes());
        bytes[8..8 + key.len()].copy_from_slice(key);
        bytes[8 + key.len()..length].copy_from_slice(value);
        return xxhash_rust::xxh3::xxh3_128(&bytes[..length]);
    }
    let mut hasher = Xxh3Default::new();
    hasher.update(&(key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(value);
    hasher.digest128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_does_not_matter_and_what_is_subtracted_is_gone() {
        let (mut one, mut other) = (Sum::default(), Sum::default());
        one.add(b"a", b"1");
        one.add(b"b", &[7; 300]);
        other.add(b"b", &[7; 300]);
        other.add(b"c", b"3");
        other.add(b"a", b"1");
        assert_ne!(one, other);
        other.subtract(b"c", b"3");
        assert_eq!(one, other);
    }

    #[test]
    fn a_byte_moved_from_key_to_value_shows() {
        let (mut one, mut other) = (Sum::default(), Sum::default());
        one.add(b"ab", b"c");
        other.add(b"a", b"bc");
        assert_ne!(one, other);
    }
}
