//! The process as the operating system sees it, where it has `/proc`.

use std::{fs, time::SystemTime};

use prometheus_client::{
    metrics::gauge::Gauge,
    registry::{Registry, Unit},
};

/// Gauges of the process.
pub struct Process {
    resident: Gauge,
    open_files: Gauge,
}

impl Process {
    /// Adds the gauges.
    pub fn register(registry: &mut Registry) -> Self {
        let (resident, open_files, start) = (Gauge::default(), Gauge::default(), Gauge::<i64>::default());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        start.set(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        registry.register_with_unit("process_resident_memory", "Memory in use", Unit::Bytes, resident.clone());
        registry.register("process_open_fds", "Open file descriptors", open_files.clone());
        registry.register_with_unit("process_start_time", "Start, in Unix time", Unit::Seconds, start);
        Self { resident, open_files }
    }

    /// Looks now.
    pub fn look(&self) {
        if let Some(bytes) = resident_bytes() {
            self.resident.set(bytes);
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            self.open_files.set(i64::try_from(files.count()).unwrap_or(i64::MAX));
        }
    }
}

/// Memory that the process has in use.
pub fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
