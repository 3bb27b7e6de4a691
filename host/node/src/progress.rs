//! How far a long command is: a bar where people look, a line every few seconds where they do not.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Between lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Progress in blocks. Dropping it clears the bar.
pub struct Progress {
    bar: ProgressBar,
    total: Option<u64>,
    told: Instant,
}

impl Progress {
    /// Towards `total` blocks, if that is known. Nothing is drawn when stderr is not a terminal.
    pub fn begin(doing: &'static str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match total {
            Some(_) => "{msg} {wide_bar} {human_pos}/{human_len} blocks, {per_sec}, {eta} left",
            None => "{spinner} {msg} {human_pos} blocks, {per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(doing);
        Self { bar, total, told: Instant::now() }
    }

    /// So many blocks are done.
    pub fn reach(&mut self, blocks: u64) {
        self.bar.set_position(blocks);
        if self.bar.is_hidden() && self.told.elapsed() >= LINE_EVERY {
            self.told = Instant::now();
            match self.total {
                Some(total) => tracing::info!("{blocks} of {total} blocks"),
                None => tracing::info!("{blocks} blocks"),
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
