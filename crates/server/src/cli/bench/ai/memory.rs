//! The memory of a process.

/// The most that a process ever held in memory, in MB, from `/proc` (proc(5)); 0 if it does not run.
pub(in crate::cli::bench) fn peak_mb(process: Option<u32>) -> f64 {
    let Some(process) = process else { return 0.0 };
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    // 1,024 bytes to 1,000,000.
    peak.unwrap_or_default() * 1.024 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_process_has_a_peak() {
        assert!(peak_mb(Some(std::process::id())) > 1.0);
        assert!(peak_mb(None) < 0.1);
    }
}
