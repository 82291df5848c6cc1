//! Deliveries that are compressed as a whole: gzip, and base64 of it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bytes::Bytes;
use super::error::WireErrorKind;

/// Maximum number of bytes of a delivery by default, and where no reader with other limits decompresses it: that of the
/// largest Kinesis record.
pub(crate) const MAX_DELIVERY_BYTES: usize = 10 * 1024 * 1024;

/// The first bytes of gzip.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// The first characters of base64 of gzip.
const GZIP_IN_BASE64: &[u8] = b"H4sI";

/// Returns the bytes that a delivery has after decompression; `None` if it is not compressed.
///
/// An error if they are not gzip from start to end, or more than `max_bytes`.
pub(crate) fn unpack(bytes: &[u8], max_bytes: usize) -> Result<Option<Vec<u8>>, WireErrorKind> {
    let gzip = if bytes.starts_with(GZIP) {
        Cow::Borrowed(bytes)
    } else if bytes.starts_with(GZIP_IN_BASE64) {
        match STANDARD.decode(bytes.trim_ascii()) {
            Ok(gzip) if gzip.starts_with(GZIP) => Cow::Owned(gzip),
            _ => return Ok(None),
        }
    } else {
        return Ok(None);
    };
    inflate(&gzip, max_bytes).map(Some)
}

/// Like [`unpack`], but returns bytes that are not compressed unchanged.
pub(super) fn decompress<'a>(bytes: &Bytes<'a>, max_bytes: usize) -> Result<Bytes<'a>, WireErrorKind> {
    Ok(unpack(bytes, max_bytes)?.map_or_else(|| bytes.clone(), Bytes::from))
}

/// Compresses bytes; `None` for more than [`inflate`] returns, and without the feature `gzip`.
#[cfg(feature = "gzip")]
pub(crate) fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write as _;

    if bytes.len() > MAX_DELIVERY_BYTES {
        return None;
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

#[cfg(not(feature = "gzip"))]
pub(crate) fn compress(_: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Decompresses gzip; an error if the result would have more than `max_bytes`.
#[cfg(feature = "gzip")]
pub(crate) fn inflate(gzip: &[u8], max_bytes: usize) -> Result<Vec<u8>, WireErrorKind> {
    use std::io::Read as _;

    let mut bytes = Vec::new();
    let take = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    flate2::read::MultiGzDecoder::new(gzip)
        .take(take)
        .read_to_end(&mut bytes)
        .map_err(|error| WireErrorKind::NotGzip { message: error.to_string() })?;
    if bytes.len() > max_bytes {
        return Err(WireErrorKind::TooLarge { length: bytes.len(), limit: max_bytes });
    }
    Ok(bytes)
}

#[cfg(not(feature = "gzip"))]
pub(crate) fn inflate(_: &[u8], _: usize) -> Result<Vec<u8>, WireErrorKind> {
    Err(WireErrorKind::Compressed)
}
