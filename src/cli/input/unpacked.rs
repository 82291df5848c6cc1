//! Decompression of gzip that does not expand without bounds.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

/// Bounds of what a packed input may be after decompression: of bytes and values, each the greater of two limits.
///
/// Gzip packs up to 1032 bytes into one; JSON of events is packed by a factor of 5 to 20. Values are bounded as well, for
/// they cost time and memory: a value for each byte that is packed has no room for an id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Expansion {
    /// Bytes that any input may have.
    pub(in crate::cli) free_bytes: u64,
    /// Bytes for each byte that is packed.
    pub(in crate::cli) bytes_per_byte: u64,
    /// Values that any input may have, by the brackets, commas and line feeds.
    pub(in crate::cli) free_values: u64,
    /// Values for each byte that is packed.
    pub(in crate::cli) values_per_byte: u64,
}

/// Decompressed bytes of an input; an error where there are too many of them.
pub(super) struct Unpacked<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    expansion: Expansion,
    packed: Rc<Cell<u64>>,
    bytes: u64,
    values: u64,
}

/// A reader that counts its bytes.
struct Counted<R> {
    input: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes.set(self.bytes.get().saturating_add(read as u64));
        Ok(read)
    }
}

impl<R: Read> Unpacked<R> {
    pub(super) fn new(input: R, expansion: Expansion) -> Self {
        let packed = Rc::default();
        let decoder = MultiGzDecoder::new(Counted { input, bytes: Rc::clone(&packed) });
        Self { decoder, expansion, packed, bytes: 0, values: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.bytes = self.bytes.saturating_add(read as u64);
        let is_separator = |byte: &&u8| matches!(byte, b',' | b'{' | b'[' | b'\n');
        let values = buffer.get(..read).unwrap_or_default().iter().filter(is_separator).count();
        self.values = self.values.saturating_add(values as u64);
        let Expansion { free_bytes, bytes_per_byte, free_values, values_per_byte } = self.expansion;
        let packed = self.packed.get();
        for (found, free, per_byte, what) in
            [(self.bytes, free_bytes, bytes_per_byte, "bytes"), (self.values, free_values, values_per_byte, "values")]
        {
            if found > free.max(packed.saturating_mul(per_byte)) {
                let message =
                    format!("decompressed to more than {free} {what}, and more than {per_byte} for each byte");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_an_error_before_it_expands() {
        let expansion = Expansion { free_bytes: 100_000, bytes_per_byte: 20, free_values: 1000, values_per_byte: 1 };
        let unpack = |packed: &[u8]| {
            let mut bytes = Vec::new();
            let result = Unpacked::new(packed, expansion).read_to_end(&mut bytes);
            (bytes.len(), result.map_err(|error| error.to_string()))
        };
        let zeros = pack(&vec![0; 100_000]);
        assert_eq!(unpack(&zeros), (100_000, Ok(100_000)));
        let (length, error) = unpack(&pack(&vec![0; 10_000_000]));
        assert_eq!(error.unwrap_err(), "decompressed to more than 100000 bytes, and more than 20 for each byte");
        assert!(length < 300_000, "{length}");
        let (_, error) = unpack(&pack(&vec![b','; 90_000]));
        assert_eq!(error.unwrap_err(), "decompressed to more than 1000 values, and more than 1 for each byte");
        // Files that are packed as usual have no limit, nor have several members of gzip.
        let text: String = (0..20_000)
            .flat_map(|number| ["{\"id\":".to_owned(), (number * 7919).to_string(), "}\n".to_owned()])
            .collect();
        assert!(text.len() > 200_000);
        assert_eq!(unpack(&pack(text.as_bytes())).0, text.len());
        let (length, error) = unpack(&zeros.repeat(100));
        assert!(error.is_err() && length < 300_000);
    }
}
