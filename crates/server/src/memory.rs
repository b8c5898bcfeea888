//! How much memory this process may use, by what the system says when it starts.

use std::path::{Path, PathBuf};

/// The most for chunks: a thousand of 30 seconds. More of them in work at the same time wait longer, and are not stored sooner.
const MOST_FOR_CHUNKS: u64 = 256 * 1024 * 1024;

/// The bytes of chunks that may be in work at the same time, unless the configuration says so: 80 % of what is free, with a cap.
pub(crate) fn for_chunks() -> u64 {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    share(free(read))
}

fn share(free: Option<u64>) -> u64 {
    free.map_or(MOST_FOR_CHUNKS, |free| (free / 5 * 4).clamp(1, MOST_FOR_CHUNKS))
}

/// What the machine has, or what the control groups of this process allow, if that is less; none if neither is known.
fn free(read: impl Fn(&Path) -> String) -> Option<u64> {
    let groups = groups(&read(Path::new("/proc/self/cgroup")));
    let limits = groups.iter().filter_map(|group| limit(&read(&group.join("memory.max"))));
    available(&read(Path::new("/proc/meminfo"))).into_iter().chain(limits).min()
}

/// `MemAvailable` of proc(5), in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The folders of the control group of a process and of all above it, by cgroups(7), version 2. A container sees its own as
/// the root.
fn groups(cgroup: &str) -> Vec<PathBuf> {
    let own = cgroup.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let root = Path::new("/sys/fs/cgroup");
    Path::new(own).ancestors().map(|group| root.join(group)).collect()
}

/// What `memory.max` allows; none if it is not there, or says `max`.
fn limit(memory_max: &str) -> Option<u64> {
    memory_max.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:        4000000 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB\n";

    fn free_with(files: &[(&str, &str)]) -> Option<u64> {
        free(|path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map_or_else(String::new, |(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn the_limit_of_a_control_group_counts_where_it_is_less() {
        let machine = ("/proc/meminfo", MEMINFO);
        let root = "/sys/fs/cgroup/memory.max";
        let container = ("/proc/self/cgroup", "0::/\n");
        assert_eq!(free_with(&[machine]), Some(2_048_000_000), "no control groups");
        assert_eq!(free_with(&[machine, container, (root, "100000000\n")]), Some(100_000_000));
        assert_eq!(free_with(&[machine, container, (root, "max\n")]), Some(2_048_000_000));
        assert_eq!(free_with(&[machine, container, (root, "8000000000\n")]), Some(2_048_000_000));
        assert_eq!(free_with(&[container, (root, "100000000\n")]), Some(100_000_000), "no meminfo");
        assert_eq!(free_with(&[]), None);
        let service = ("/proc/self/cgroup", "1:name=systemd:/a\n0::/system.slice/sluice.service\n");
        let above = ("/sys/fs/cgroup/system.slice/memory.max", "300000000\n");
        let own = ("/sys/fs/cgroup/system.slice/sluice.service/memory.max", "max\n");
        assert_eq!(free_with(&[machine, service, above, own]), Some(300_000_000), "a group above limits it");
    }

    #[test]
    fn chunks_have_four_fifths_of_it_and_no_more_than_the_cap() {
        assert_eq!(share(Some(100_000_000)), 80_000_000);
        assert_eq!(share(Some(64_000_000_000)), MOST_FOR_CHUNKS);
        assert_eq!(share(None), MOST_FOR_CHUNKS);
        assert_eq!(share(Some(0)), 1, "one chunk at a time");
    }

    #[test]
    fn what_is_no_number_is_no_limit() {
        assert_eq!(["", "max\n", "-1", "1 GB"].map(limit), [None; 4]);
        assert_eq!(["", "MemAvailable: many kB", "MemAvailable: 5"].map(available), [None; 3]);
    }
}
