use super::*;

/// A run of 100 s: memory and state as `of` says of a moment, 100 transfers a second that leave 300 bytes each.
fn run(of: impl Fn(f64) -> (f64, f64)) -> Vec<Verdict> {
    let sample = |second: u32| {
        let (memory_mib, state_mib) = of(f64::from(second));
        let record_mib = f64::from(second) * 100.0 * 300.0 / MIB;
        Sample {
            at: Duration::from_secs(second.into()),
            start: 1,
            memory_mib,
            state_mib,
            record_mib,
            folder_mib: state_mib + record_mib + 100.0,
            height: second.into(),
            confirmed: u64::from(second) * 100,
        }
    };
    judge(&(0..100).map(sample).collect::<Vec<_>>(), Duration::from_secs(100))
}

fn bad(verdicts: &[Verdict]) -> Vec<bool> {
    verdicts.iter().map(|verdict| !verdict.is_good).collect()
}

#[test]
fn flat_run_is_good() {
    let verdicts = run(|second| (if second < 50.0 { 100.0 } else { 500.0 + second % 7.0 }, 300.0));
    assert_eq!(bad(&verdicts), [false; 4], "{verdicts:?}");
    assert!(verdicts[2].text.contains("300 bytes"), "{verdicts:?}");
}

#[test]
fn memory_that_grows_is_bad() {
    let verdicts = run(|second| (20.0 * second, 300.0));
    assert_eq!(bad(&verdicts), [true, false, false, false], "{verdicts:?}");
}

#[test]
fn state_that_grows_is_bad() {
    let verdicts = run(|second| (500.0, 40.0 * second - 2_000.0));
    assert_eq!(bad(&verdicts), [false, true, false, false], "{verdicts:?}");
}

#[test]
fn nothing_measured_is_bad() {
    assert!(judge(&[], Duration::from_secs(1)).iter().take(3).all(|verdict| !verdict.is_good));
}
