//! Sizes of files in git, which are bounded before git unpacks them.

use crate::cli::exit::Failure;

/// Name, id and size of a file in a commit.
pub(super) type Blob = (String, String, u64);

/// Groups files that are read from git together: their contents are in memory twice for a moment.
pub(super) fn batches(mut blobs: &[Blob]) -> impl Iterator<Item = &[Blob]> {
    const BATCH_BYTES: u64 = 8 << 20;
    std::iter::from_fn(move || {
        let mut size = 0_u64;
        let within = |(_, _, next): &&Blob| {
            let is_first = size == 0;
            size = size.saturating_add(*next).max(1);
            is_first || size <= BATCH_BYTES
        };
        let count = blobs.iter().take_while(within).count();
        let (batch, rest) = blobs.split_at(count);
        blobs = rest;
        (count > 0).then_some(batch)
    })
}

/// Rejects a file or a folder by its size.
pub(super) fn check_size(size: u64, max: u64, name: impl FnOnce() -> String) -> Result<(), Failure> {
    if size <= max {
        return Ok(());
    }
    Err(Failure::new(format!("{} has more than {max} bytes", name()), "check that it is the right file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_in_batches() {
        let blobs: Vec<Blob> =
            [0, 1, 5 << 20, 4 << 20, 20 << 20, 0, 1].map(|size| (String::new(), String::new(), size)).into();
        let sizes = |blobs: &[Blob]| blobs.iter().map(|(_, _, size)| *size).collect::<Vec<_>>();
        let batches: Vec<_> = batches(&blobs).map(sizes).collect();
        assert_eq!(batches, [vec![0, 1, 5 << 20], vec![4 << 20], vec![20 << 20], vec![0, 1]]);
        assert_eq!(super::batches(&[]).count(), 0);
    }
}
