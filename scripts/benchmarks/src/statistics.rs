//! What is told of several runs: medians, since one run may be disturbed.

/// The middle value, or the mean of the two in the middle; nothing of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 { Some(upper) } else { Some((sorted[middle - 1] + upper) / 2.0) }
}

/// The median of `subject / peer` over runs of both; runs that only one of them has are left out.
pub fn paired_ratio(subject: &[(u32, f64)], peer: &[(u32, f64)]) -> Option<f64> {
    let pair = |(run, value): &(u32, f64)| peer.iter().find(|(other, _)| other == run).map(|(_, peer)| value / peer);
    median(&subject.iter().filter_map(pair).collect::<Vec<_>>())
}

/// The value below which `share` (0 to 1) of the values lie, by nearest rank; nothing of nothing.
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share.clamp(0.0, 1.0) * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests;
