//! `WebM` from its middle: the header, and the first cluster that begins in some bytes. A cluster says at which time it begins,
//! so that a recording of hours need not be read from its beginning.

/// The id of a cluster (EBML, RFC 8794; Matroska, RFC 9559).
const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];
/// The id of its first element, its time.
const TIMESTAMP: u8 = 0xe7;
/// The id of the scale of times, and its default: a time is in milliseconds.
const TIMESTAMP_SCALE: [u8; 3] = [0x2a, 0xd7, 0xb1];
const MILLISECONDS: u64 = 1_000_000;

/// A cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cluster {
    /// Where it begins, in the bytes.
    pub(super) at: usize,
    /// Its time, in milliseconds.
    pub(super) start_ms: u32,
}

/// The bytes before the first cluster; none if there is no cluster, or times are not in milliseconds.
pub(super) fn header(bytes: &[u8]) -> Option<&[u8]> {
    let first = clusters(bytes).next()?;
    let header = bytes.get(..first.at)?;
    let scale = header.windows(3).position(|window| window == TIMESTAMP_SCALE);
    let scale = scale.and_then(|at| number(header.get(at + 3..)?)).map_or(MILLISECONDS, |(scale, _)| scale);
    (scale == MILLISECONDS).then_some(header)
}

/// The clusters that begin in these bytes.
pub(super) fn clusters(bytes: &[u8]) -> impl Iterator<Item = Cluster> {
    let ids = bytes.windows(4).enumerate().filter(|(_, window)| *window == CLUSTER);
    ids.filter_map(|(at, _)| {
        let rest = bytes.get(at + 4..)?;
        // The size of a cluster that is still written is unknown, and has a length all the same.
        let rest = rest.get(length(*rest.first()?)?..)?;
        let (time, _) = rest.strip_prefix(&[TIMESTAMP]).and_then(number)?;
        Some(Cluster { at, start_ms: u32::try_from(time).ok()? })
    })
}

/// The bytes of a size that begins with this one.
fn length(first: u8) -> Option<usize> {
    let length = first.leading_zeros() as usize + 1;
    (length <= 8).then_some(length)
}

/// An unsigned number after its size, which has one byte; and how many bytes both have.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let size = usize::from(bytes.first()?.checked_sub(0x80)?);
    let digits = bytes.get(1..=size).filter(|digits| digits.len() <= 8)?;
    Some((digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)), size + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(time: &[u8]) -> Vec<u8> {
        let size = 0x80 | u8::try_from(time.len()).unwrap();
        [&CLUSTER[..], &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[TIMESTAMP, size], time, b"sound"].concat()
    }

    #[test]
    fn a_cluster_is_found_with_its_time() {
        let header_bytes =
            [&[0x1a, 0x45, 0xdf, 0xa3][..], b"head", &TIMESTAMP_SCALE, &[0x83, 0x0f, 0x42, 0x40]].concat();
        let bytes = [header_bytes.clone(), cluster(&[0]), cluster(&[0x75, 0x30])].concat();
        let found: Vec<(usize, u32)> = clusters(&bytes).map(|cluster| (cluster.at, cluster.start_ms)).collect();
        assert_eq!(found, [(header_bytes.len(), 0), (header_bytes.len() + cluster(&[0]).len(), 30_000)]);
        assert_eq!(header(&bytes), Some(&header_bytes[..]));
        assert_eq!(header(&header_bytes), None);
    }

    #[test]
    fn bytes_that_look_like_a_cluster_are_none() {
        assert_eq!(clusters(&CLUSTER).count(), 0);
        assert_eq!(clusters(&[&CLUSTER[..], &[0x00, 0x00]].concat()).count(), 0);
        assert_eq!(clusters(&[&CLUSTER[..], &[0x81, 0x33, 0x81, 0x05]].concat()).count(), 0);
        let seconds = [&TIMESTAMP_SCALE[..], &[0x84, 0x3b, 0x9a, 0xca, 0x00], &cluster(&[1])].concat();
        assert_eq!(header(&seconds), None, "times in seconds");
    }
}
