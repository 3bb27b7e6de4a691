//! Huge pages of memory: for a node that has much in memory, not for an idle one.
//!
//! The allocator asks the system for pages of 2 MiB. They make a node that holds many accounts about a tenth faster. But whoever
//! touches a byte of one gets it whole, and a compiler touches many: after its first start an idle node would hold twice the
//! memory. So the process begins without them, and allows them when it has become large. From then on the system also puts
//! together what it had given out in small pages.
//!
//! Out of scope: commands besides running, which end soon.

#[cfg(target_os = "linux")]
use nix::sys::prctl::{get_thp_disable, set_thp_disable};

use crate::limits::SMALL_PROCESS_BYTES_MAX;

/// No huge pages from now on. To be called early: what is touched already stays as it is. Where it does not work, only memory
/// is lost.
pub fn avoid() {
    if let Err(error) = set_thp_disable(true) {
        tracing::debug!("huge pages can't be avoided: {error}");
    }
}

/// Allows them if the process holds so much that they pay.
pub fn allow_if_large(resident_bytes: i64) {
    let is_large = u64::try_from(resident_bytes).is_ok_and(|bytes| bytes > SMALL_PROCESS_BYTES_MAX);
    if is_large && get_thp_disable() == Ok(true) && set_thp_disable(false).is_ok() {
        tracing::debug!("huge pages from now on: {resident_bytes} bytes are in use");
    }
}

/// Other systems have no such flag.
#[cfg(not(target_os = "linux"))]
fn get_thp_disable() -> nix::Result<bool> {
    Ok(false)
}

/// Other systems have no such flag.
#[cfg(not(target_os = "linux"))]
fn set_thp_disable(_: bool) -> nix::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
