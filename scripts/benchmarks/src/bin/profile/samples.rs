//! The samples in the text that `perf script` prints: blocks of lines, a head and then a frame a line, the innermost first.

/// One sample.
pub struct Sample<'a> {
    /// Its lines.
    pub text: &'a str,
    /// When, in seconds.
    time: f64,
}

impl<'a> Sample<'a> {
    /// Names of its functions, the innermost first. What perf could not name is `[unknown]`.
    pub fn frames(&self) -> impl Iterator<Item = &'a str> {
        // Address, name, and in brackets the file that it is from.
        let name = |line: &'a str| {
            let (_, rest) = line.trim().split_once(' ')?;
            Some(rest.rsplit_once(" (").map_or(rest, |(name, _)| name).trim())
        };
        self.text.lines().skip(1).filter_map(name)
    }
}

/// All samples, in order. Blocks without a time are none.
pub fn parse(text: &str) -> Vec<Sample<'_>> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n'));
    blocks.filter_map(|block| Some(Sample { text: block, time: time(block.lines().next()?)? })).collect()
}

/// `name 123 4567.890123:`: the last number with a point that ends in a colon.
fn time(head: &str) -> Option<f64> {
    let numbers = head.split_whitespace().filter_map(|word| word.strip_suffix(':'));
    numbers.filter(|word| word.contains('.')).filter_map(|word| word.parse().ok()).next_back()
}

/// The samples between the first and the last one with a frame that has `pattern` in its name; all of them without a pattern.
/// Samples are in the order of time but for those that different processors took at almost the same time.
pub fn within<'s, 'a>(samples: &'s [Sample<'a>], pattern: Option<&str>) -> &'s [Sample<'a>] {
    let Some(pattern) = pattern else { return samples };
    let times: Vec<f64> = samples
        .iter()
        .filter(|sample| sample.frames().any(|frame| frame.contains(pattern)))
        .map(|sample| sample.time)
        .collect();
    let (Some(first), Some(last)) = (times.iter().copied().reduce(f64::min), times.iter().copied().reduce(f64::max))
    else {
        return &[];
    };
    let from = samples.partition_point(|sample| sample.time < first);
    let to = samples.partition_point(|sample| sample.time <= last);
    &samples[from..to]
}
