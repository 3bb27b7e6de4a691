//! What goes first: commands or a tick.

use super::*;

#[test]
fn late_tick_goes_before_commands() {
    for (timer_ms, now_ms, no_commands, expected) in [
        (None, 5_000, true, false),
        (Some(5_001), 5_000, true, false),
        (Some(5_000), 5_000, true, true),
        (Some(5_000), 5_000, false, false),
        (Some(5_000), 5_000 + TICK_LATE_MS_MAX - 1, false, false),
        (Some(5_000), 5_000 + TICK_LATE_MS_MAX, false, true),
        (Some(5_000), 4_000, false, false),
    ] {
        assert_eq!(is_tick_next(timer_ms, now_ms, no_commands), expected, "{timer_ms:?} at {now_ms}");
    }
}
