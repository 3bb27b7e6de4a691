use super::*;

#[test]
fn same_seed_draws_the_same() {
    let draw = |seed| {
        let mut generator = Generator::new(seed);
        [(); 8].map(|()| generator.next_u32())
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn numbers_below_a_bound_reach_all_of_them_evenly() {
    let mut generator = Generator::new(7);
    let mut counts = [0u32; 10];
    for _ in 0..10_000 {
        counts[generator.below(10) as usize] += 1;
    }
    assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
}
