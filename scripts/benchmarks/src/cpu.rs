//! Processor time: how long processors worked for somebody, with all threads, those that ended too.
//!
//! The system counts it in nanoseconds. Wall time says what a user sees; processor time can be compared on a machine that does
//! other things beside.

use std::time::{Duration, Instant};

use nix::{
    errno::Errno,
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    time::{ClockId, clock_gettime},
    unistd::Pid,
};

/// How long [`wait_until_idle`] waits at most.
const IDLE_WAIT: Duration = Duration::from_secs(30);
/// How long it looks at a time, and how often it must see next to nothing in a row.
const IDLE_STEP: Duration = Duration::from_millis(50);
const IDLE_STEPS: u32 = 4;

/// Processor time of this process so far.
pub fn of_self() -> Duration {
    read(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("each process has this clock")
}

/// Processor time of the children that ended and were waited for, and of theirs, in microseconds' steps.
pub fn of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts processor time");
    duration(usage.user_time()) + duration(usage.system_time())
}

/// Processor time so far of the process `id`, without its children. Fails where there is no such process.
pub fn of_process(id: u32) -> Result<Duration, Errno> {
    let id = i32::try_from(id).map_err(|_| Errno::ESRCH)?;
    read(ClockId::pid_cpu_clock_id(Pid::from_raw(id))?)
}

/// Waits until this process has been idle for a moment: whatever its threads do behind is over, or [`IDLE_WAIT`] is.
pub fn wait_until_idle() {
    let (end, mut quiet) = (Instant::now() + IDLE_WAIT, 0);
    while quiet < IDLE_STEPS && Instant::now() < end {
        let before = of_self();
        std::thread::sleep(IDLE_STEP);
        quiet = if of_self() - before < IDLE_STEP / 50 { quiet + 1 } else { 0 };
    }
}

fn read(clock: ClockId) -> Result<Duration, Errno> {
    clock_gettime(clock).map(Duration::from)
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
}

/// What something took of processors and of wall time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Processor time.
    pub cpu: Duration,
    /// Wall time.
    pub wall: Duration,
}

impl Cost {
    /// What `run` takes, beside what it answers.
    pub fn of<T>(run: impl FnOnce() -> T) -> (Self, T) {
        let (cpu, wall) = (of_self(), Instant::now());
        let answer = run();
        (Self { cpu: of_self() - cpu, wall: wall.elapsed() }, answer)
    }

    /// How many of `count` things were done in each second of processor time.
    pub fn per_cpu_second(&self, count: usize) -> f64 {
        count as f64 / self.cpu.as_secs_f64()
    }

    /// How many of `count` things were done in each second of wall time.
    pub fn per_second(&self, count: usize) -> f64 {
        count as f64 / self.wall.as_secs_f64()
    }
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.wall += other.wall;
    }
}

#[cfg(test)]
mod tests;
