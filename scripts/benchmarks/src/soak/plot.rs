//! A run as a plot: memory, database and transfers over time. A thin upright line is a new start of the node.

use std::{io, path::Path};

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::samples::Sample;

const WIDTH: u32 = 820;
const PANEL_HEIGHT: u32 = 170;
const LEFT: i32 = 70;
const RIGHT: i32 = 20;
const TOP: i32 = 34;
const BOTTOM: i32 = 22;
const TEXT: RGBColor = RGBColor(60, 64, 70);
const FRAME: RGBColor = RGBColor(200, 204, 210);
const COLORS: [RGBColor; 3] = [RGBColor(31, 111, 180), RGBColor(214, 120, 40), RGBColor(160, 170, 182)];
/// Samples over which transfers are counted.
const RATE_SAMPLES: usize = 10;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

/// One line: its name, and a value for each sample.
type Line = (&'static str, Vec<f64>);

/// Draws the samples.
pub fn write(samples: &[Sample], path: &Path) -> io::Result<()> {
    let panels = panels(samples);
    let area = SVGBackend::new(path, (WIDTH, PANEL_HEIGHT * panels.len() as u32)).into_drawing_area();
    draw(samples, &panels, &area).map_err(io::Error::other)?;
    area.present().map_err(io::Error::other)
}

fn panels(samples: &[Sample]) -> [(&'static str, Vec<Line>); 3] {
    let each = |of: fn(&Sample) -> f64| samples.iter().map(of).collect();
    let rate = |index: usize| {
        let before = &samples[index.saturating_sub(RATE_SAMPLES)];
        let seconds = (samples[index].at - before.at).as_secs_f64().max(1.0);
        samples[index].confirmed.saturating_sub(before.confirmed) as f64 / seconds
    };
    let database: Vec<Line> = vec![
        ("state", each(|sample| sample.state_mib)),
        ("record", each(|sample| sample.record_mib)),
        ("folder", each(|sample| sample.folder_mib)),
    ];
    [
        ("resident memory, MiB", vec![("", each(|sample| sample.memory_mib))]),
        ("database, MiB", database),
        ("final transfers a second", vec![("", (0..samples.len()).map(rate).collect())]),
    ]
}

fn draw(samples: &[Sample], panels: &[(&str, Vec<Line>)], area: &Area<'_>) -> Drawn {
    area.fill(&WHITE)?;
    let parts = area.split_evenly((panels.len(), 1));
    for ((title, lines), part) in panels.iter().zip(&parts) {
        panel(samples, title, lines, part)?;
    }
    Ok(())
}

fn panel(samples: &[Sample], title: &str, lines: &[Line], area: &Area<'_>) -> Drawn {
    let end = samples.last().map_or(1.0, |sample| sample.at.as_secs_f64()).max(1.0);
    let top = lines.iter().flat_map(|(_, values)| values).fold(1.0, |most: f64, value| most.max(*value)) * 1.05;
    let (width, height) = (WIDTH.cast_signed() - LEFT - RIGHT, PANEL_HEIGHT.cast_signed() - TOP - BOTTOM);
    let x = |seconds: f64| LEFT + (seconds / end * f64::from(width)) as i32;
    let y = |value: f64| TOP + height - (value / top * f64::from(height)) as i32;
    let text = |size: i32| ("sans-serif", size).into_font().color(&TEXT);
    let right = text(12).pos(Pos::new(HPos::Right, VPos::Center));
    let middle = text(12).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw(&Text::new(title.to_owned(), (LEFT, 8), text(14)))?;
    area.draw(&Rectangle::new([(LEFT, TOP), (LEFT + width, TOP + height)], FRAME))?;
    for share in [0.0, 0.5, 1.0] {
        area.draw(&Text::new(format!("{:.0}", top * share), (LEFT - 6, y(top * share)), right.clone()))?;
        let minutes = format!("{:.1} min", end * share / 60.0);
        area.draw(&Text::new(
            minutes,
            (x(end * share).clamp(LEFT + 24, LEFT + width - 24), TOP + height + 4),
            middle.clone(),
        ))?;
    }
    for pair in samples.windows(2).filter(|pair| pair[0].start != pair[1].start) {
        let at = x(pair[1].at.as_secs_f64());
        area.draw(&PathElement::new([(at, TOP), (at, TOP + height)], FRAME))?;
    }
    for (index, (name, values)) in lines.iter().enumerate() {
        let color = COLORS[index % COLORS.len()];
        let points: Vec<_> =
            samples.iter().zip(values).map(|(of, value)| (x(of.at.as_secs_f64()), y(*value))).collect();
        area.draw(&PathElement::new(points, color.stroke_width(2)))?;
        let place = (LEFT + width - 60 * (lines.len() - index) as i32, 10);
        area.draw(&Text::new((*name).to_owned(), place, ("sans-serif", 13).into_font().color(&color)))?;
    }
    Ok(())
}
