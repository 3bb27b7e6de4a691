//! How far a long command is: a bar where people look, a line every few seconds where they do not.

use std::{
    fmt,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Columns with which a bar has room.
const COLUMNS_MIN: u16 = 72;
/// Between lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Progress in blocks. Dropping it clears the bar.
pub struct Progress {
    bar: ProgressBar,
    doing: &'static str,
    total: Option<u64>,
    told: Instant,
}

impl Progress {
    /// Towards `total` blocks, if that is known. Nothing is drawn when stderr is not a terminal.
    pub fn begin(doing: &'static str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match (total, is_wide()) {
            (Some(_), true) => "{msg} {wide_bar} {human_pos}/{human_len} blocks, {rate}, {eta} left",
            (Some(_), false) => "{msg} {human_pos}/{human_len}, {rate}",
            (None, _) => "{msg} {human_pos} blocks, {rate}",
        };
        Self::with(bar, template, doing, total)
    }

    /// Through a file of so many bytes, whose blocks nobody has counted.
    pub fn begin_bytes(doing: &'static str, bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        let template = match is_wide() {
            true => "{msg} {wide_bar} {percent} %, {eta} left",
            false => "{msg}, {percent} %",
        };
        Self::with(bar, template, doing, None)
    }

    fn with(bar: ProgressBar, template: &str, doing: &'static str, total: Option<u64>) -> Self {
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, to: &mut dyn fmt::Write| {
                // The bar has nobody to tell.
                let _ = write!(to, "{:.0}/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message(doing);
        Self { bar, doing, total, told: Instant::now() }
    }

    /// So many blocks are done, with so many bytes of the file.
    pub fn reach_bytes(&mut self, blocks: u64, bytes: u64) {
        self.bar.set_message(format!("{} {blocks} blocks", self.doing));
        self.bar.set_position(bytes);
        self.tell(blocks);
    }

    /// So many blocks are done.
    pub fn reach(&mut self, blocks: u64) {
        self.bar.set_position(blocks);
        self.tell(blocks);
    }

    /// Where nobody sees the bar.
    fn tell(&mut self, blocks: u64) {
        if self.bar.is_hidden() && self.told.elapsed() >= LINE_EVERY {
            self.told = Instant::now();
            match self.total {
                Some(total) => tracing::info!("{blocks} of {total} blocks"),
                None => tracing::info!("{blocks} blocks"),
            }
        }
    }
}

/// Whether the terminal has room for a bar beside the numbers.
fn is_wide() -> bool {
    crossterm::terminal::size().is_ok_and(|(columns, _)| columns >= COLUMNS_MIN)
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
