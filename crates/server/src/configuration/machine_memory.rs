//! How much memory there is for this process: the machine's, or what its control groups leave it.

use std::path::Path;

/// Nothing where the system does not say.
pub fn bytes() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    bytes_of(&read)
}

/// By the files of Linux, which `read` reads.
fn bytes_of(read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let machine = read(Path::new("/proc/meminfo")).and_then(|text| total_of(&text));
    machine.into_iter().chain(group_limits(read)).min()
}

/// `MemTotal:       16316412 kB`
fn total_of(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// The limits of the process's control group and of those that it is in, of the second version; inside a
/// container its own group is the root.
fn group_limits(read: &dyn Fn(&Path) -> Option<String>) -> Vec<u64> {
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let root = Path::new("/sys/fs/cgroup");
    let group = root.join(group.unwrap_or_default());
    let groups = group.ancestors().take_while(|path| path.starts_with(root));
    let limits = groups.filter_map(|group| read(&group.join("memory.max"))?.trim().parse().ok());
    limits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_machine_and_groups_counts() {
        let machine = ("/proc/meminfo", "MemTotal:  2048 kB\nMemFree: 1 kB\n");
        let group = ("/proc/self/cgroup", "1:memory:/x\n0::/a/b\n");
        let limit = |path, text| (path, text);
        let (inner, outer) = (
            "/sys/fs/cgroup/a/b/memory.max",
            "/sys/fs/cgroup/a/memory.max",
        );
        for (files, expected) in [
            (vec![], None),
            (vec![machine], Some(2048 * 1024)),
            (vec![machine, group], Some(2048 * 1024)),
            (
                vec![machine, group, limit(inner, "max\n")],
                Some(2048 * 1024),
            ),
            (vec![machine, group, limit(inner, "4096\n")], Some(4096)),
            (
                vec![
                    machine,
                    group,
                    limit(inner, "4096\n"),
                    limit(outer, "1024\n"),
                ],
                Some(1024),
            ),
            (
                vec![machine, limit("/sys/fs/cgroup/memory.max", "512\n")],
                Some(512),
            ),
            (vec![("/proc/meminfo", "MemTotal: much")], None),
        ] {
            let read = |path: &Path| {
                let file = files.iter().find(|(name, _)| Path::new(name) == path);
                file.map(|(_, text)| (*text).to_owned())
            };
            assert_eq!(bytes_of(&read), expected, "{files:?}");
        }
    }
}
