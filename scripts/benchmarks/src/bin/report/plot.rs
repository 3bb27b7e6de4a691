//! A plot of one benchmark: a bar for each subject, grouped by parameters. A thin line shows the range of the runs.

use std::{io, path::Path};

use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    number,
    summary::{Benchmark, Row},
};

const WIDTH: u32 = 820;
const LABELS_WIDTH: i32 = 190;
const VALUES_WIDTH: i32 = 110;
const ROW_HEIGHT: i32 = 24;
const BAR_HEIGHT: i32 = 16;
const TITLE_HEIGHT: i32 = 44;
/// Ours, and the others'.
const COLORS: [RGBColor; 2] = [RGBColor(31, 111, 180), RGBColor(160, 170, 182)];
const TEXT: RGBColor = RGBColor(60, 64, 70);
/// Subjects that are drawn in our colour.
const OURS: [&str; 2] = ["ziver", "wasm"];

/// The name of the file beside the page.
pub fn file_name(benchmark: &str) -> String {
    format!("benchmark-{}.svg", benchmark.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"))
}

/// Draws the benchmark's main figure.
pub fn write(benchmark: &Benchmark, path: &Path) -> io::Result<()> {
    let rows: usize = benchmark.groups().map(|(_, rows)| rows.len() + 1).sum();
    let height = TITLE_HEIGHT + ROW_HEIGHT * i32::try_from(rows).unwrap_or(i32::MAX / ROW_HEIGHT / 2);
    let area = SVGBackend::new(path, (WIDTH, height.unsigned_abs())).into_drawing_area();
    draw(benchmark, &area).map_err(io::Error::other)?;
    area.present().map_err(io::Error::other)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

fn draw(benchmark: &Benchmark, area: &Area<'_>) -> Drawn {
    area.fill(&WHITE)?;
    let unit = benchmark.main_unit();
    let text = |size: i32| ("sans-serif", size).into_font().color(&TEXT);
    area.draw(&Text::new(format!("{}: {unit}", benchmark.name), (12, 12), text(18)))?;
    let top = benchmark.rows().filter_map(|(_, row)| row.range(unit)).map(|(_, most)| most).fold(0.0, f64::max);
    let mut y = TITLE_HEIGHT;
    for (parameters, rows) in benchmark.groups() {
        area.draw(&Text::new(parameters.to_owned(), (12, y + 5), text(13)))?;
        y += ROW_HEIGHT;
        for row in rows {
            draw_row(row, unit, area, y, top)?;
            y += ROW_HEIGHT;
        }
    }
    Ok(())
}

fn draw_row(row: &Row, unit: &str, area: &Area<'_>, y: i32, top: f64) -> Drawn {
    let Some((median, (least, most))) = row.median(unit).zip(row.range(unit)) else { return Ok(()) };
    let width = f64::from(WIDTH) - f64::from(LABELS_WIDTH + VALUES_WIDTH);
    let x = |value: f64| LABELS_WIDTH + (value / top.max(f64::MIN_POSITIVE) * width) as i32;
    let middle = y + BAR_HEIGHT / 2;
    let text = ("sans-serif", 13).into_font().color(&TEXT);
    let right = text.pos(Pos::new(HPos::Right, VPos::Center));
    let left = text.pos(Pos::new(HPos::Left, VPos::Center));
    let color = COLORS[usize::from(!OURS.contains(&row.subject.as_str()))];
    area.draw(&Text::new(row.subject.clone(), (LABELS_WIDTH - 8, middle), right))?;
    area.draw(&Rectangle::new([(LABELS_WIDTH, y), (x(median), y + BAR_HEIGHT)], color.filled()))?;
    area.draw(&PathElement::new([(x(least), middle), (x(most), middle)], TEXT))?;
    area.draw(&Text::new(number(median), (x(most.max(median)) + 8, middle), left))
}
