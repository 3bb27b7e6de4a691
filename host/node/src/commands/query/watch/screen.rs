//! The terminal while it shows the table of blocks: what is drawn, which keys end it, and giving it back as it was.

use std::{
    io::{self, Write, stdout},
    sync::{Arc, Once},
    time::Duration,
};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    event::{Event as Input, KeyCode, KeyModifiers},
    execute, queue,
    style::{Attribute, Print, SetAttribute},
    terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen},
};
use tokio::sync::{Notify, mpsc};

use super::{Blocks, heading};
use crate::output::{escaped, table};

/// How often ages are drawn anew when nothing happens.
const REDRAW_EVERY: Duration = Duration::from_secs(1);
/// Lines of the screen besides the blocks: title and heading.
const LINES_BESIDES: usize = 2;
/// Place of the hash among a row's cells.
const HASH_CELL: usize = 1;

/// The terminal can't be used, or not any more.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the terminal: {0}")]
pub struct NoTerminal(#[from] io::Error);

/// The terminal, while it shows the table. Dropping it gives the terminal back as it was; a panic does, too.
pub struct Screen {
    title: String,
    /// Why nothing new comes.
    pub trouble: Option<String>,
    resized: Arc<Notify>,
}

/// What the user types.
pub struct Keys {
    inputs: mpsc::Receiver<Input>,
    resized: Arc<Notify>,
}

impl Screen {
    /// Takes the terminal.
    pub fn begin(title: String) -> Result<(Self, Keys), NoTerminal> {
        give_back_on_panic();
        terminal::enable_raw_mode()?;
        let resized = Arc::new(Notify::new());
        let screen = Self { title, trouble: None, resized: resized.clone() };
        execute!(stdout(), EnterAlternateScreen, Hide)?;
        let (sender, inputs) = mpsc::channel(16);
        // It waits for keys until the process ends: reading a terminal can't be broken off.
        std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
            while let Ok(input) = crossterm::event::read() {
                if sender.blocking_send(input).is_err() {
                    break;
                }
            }
        })?;
        Ok((screen, Keys { inputs, resized }))
    }

    /// Returns when the picture is old, or the window has changed.
    pub async fn is_stale(&self) {
        tokio::select! {
            () = tokio::time::sleep(REDRAW_EVERY) => {}
            () = self.resized.notified() => {}
        }
    }

    /// Draws the blocks.
    pub fn draw(&mut self, blocks: &Blocks) -> Result<(), NoTerminal> {
        let (width, height) = terminal::size()?;
        let (width, height) = (usize::from(width), usize::from(height));
        let mut out = stdout().lock();
        // Cleared before it is written: after a line as wide as the window its last character would go.
        queue!(out, MoveTo(0, 0), Clear(ClearType::CurrentLine), SetAttribute(Attribute::Bold))?;
        queue!(out, Print(cut(&self.first_line(blocks), width)), SetAttribute(Attribute::Reset))?;
        for (line, text) in picture(blocks, width, height).into_iter().enumerate() {
            let attribute = if line == 0 { Attribute::Reverse } else { Attribute::Reset };
            // A heading as wide as the window.
            let text = if line == 0 { format!("{text:width$}") } else { text };
            let row = u16::try_from(line + 1).unwrap_or(u16::MAX);
            queue!(out, MoveTo(0, row), Clear(ClearType::CurrentLine), SetAttribute(attribute))?;
            queue!(out, Print(text), SetAttribute(Attribute::Reset))?;
        }
        let end = u16::try_from(blocks.rows().count() + LINES_BESIDES).unwrap_or(u16::MAX);
        if usize::from(end) < height {
            queue!(out, MoveTo(0, end), Clear(ClearType::FromCursorDown))?;
        }
        Ok(out.flush()?)
    }

    /// What matters most comes first: windows may be narrow.
    fn first_line(&self, blocks: &Blocks) -> String {
        // The node says the chain's name and what is wrong.
        escaped(&match &self.trouble {
            None => format!("best {}, final {}   q ends   {}", blocks.best(), blocks.finalized, self.title),
            Some(trouble) => format!("{}, trying again   q ends   {}", trouble.replace('\n', " "), self.title),
        })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    // There is nothing to be done when the terminal has gone.
    let _ = execute!(stdout(), Show, LeaveAlternateScreen);
    let _ = terminal::disable_raw_mode();
}

/// The program's own hook ends the process, and nothing is dropped then; the message must not go to the table's screen either.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
    });
}

impl Keys {
    /// Returns when the user has had enough.
    pub async fn until_end(mut self) -> Result<(), NoTerminal> {
        loop {
            match self.inputs.recv().await {
                Some(Input::Key(key)) if is_end(key.code, key.modifiers) => return Ok(()),
                Some(Input::Resize(..)) => self.resized.notify_one(),
                Some(_) => {}
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            }
        }
    }
}

fn is_end(code: KeyCode, modifiers: KeyModifiers) -> bool {
    let ctrl_c = code == KeyCode::Char('c') && modifiers.contains(KeyModifiers::CONTROL);
    ctrl_c || matches!(code, KeyCode::Char('q') | KeyCode::Esc)
}

/// Heading and rows, as many and as wide as there is room: with whole hashes, short ones, or none.
fn picture(blocks: &Blocks, width: usize, height: usize) -> Vec<String> {
    let room = height.saturating_sub(LINES_BESIDES);
    let lines = |whole_hash: bool, with_hash: bool| -> Vec<String> {
        let rows = blocks.rows().take(room).map(|row| row.cells(whole_hash));
        let mut rows: Vec<_> = std::iter::once(heading()).chain(rows).collect();
        if !with_hash {
            rows.iter_mut().for_each(|row| drop(row.remove(HASH_CELL)));
        }
        table(&rows).lines().map(str::to_owned).collect()
    };
    let fits = |lines: &[String]| lines.iter().all(|line| line.chars().count() <= width);
    let mut forms = [lines(true, true), lines(false, true)].into_iter();
    let chosen = forms.find(|lines| fits(lines)).unwrap_or_else(|| lines(false, false));
    chosen.iter().map(|line| cut(line, width)).collect()
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

#[cfg(test)]
mod tests;
