use super::*;

/// Works until the processor time of this process has grown by `wanted`.
fn work(wanted: Duration) {
    let start = of_self();
    while of_self() - start < wanted {}
}

#[test]
fn work_of_a_thread_that_ended_is_counted() {
    let (cost, ()) = Cost::of(|| {
        let thread = std::thread::spawn(|| work(Duration::from_millis(5)));
        thread.join().expect("the thread ends");
    });
    assert!(cost.cpu >= Duration::from_millis(5));
}

#[test]
fn own_process_named_by_id_has_the_same_clock() {
    let before = of_self();
    let by_id = of_process(std::process::id()).expect("this process runs");
    assert!(before <= by_id && by_id <= of_self());
}

#[test]
fn process_that_is_not_there_is_an_error() {
    assert!(of_process(u32::MAX).is_err());
}
