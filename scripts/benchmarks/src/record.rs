//! One measurement, as one line of JSON.
//!
//! ```json
//! {"benchmark":"import","subject":"ziver","parameters":{"accounts":100000},"run":1,"figures":{"per_cpu_second":1.0}}
//! ```
//!
//! A benchmark appends its lines to the file that the environment variable `ZIVER_BENCH_RECORDS` names, where it is set, and
//! prints a line for people either way. Figures are named after their units: `per_cpu_second`, `per_second`, `us`, `ms`, `mib`.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Names the file that records are appended to.
pub const RECORDS_VARIABLE: &str = "ZIVER_BENCH_RECORDS";

/// One measurement of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What is measured.
    pub benchmark: String,
    /// Who does it: `ziver`, or a peer.
    pub subject: String,
    /// How much of what.
    pub parameters: BTreeMap<String, Value>,
    /// Which of the paired runs, from 1.
    pub run: u32,
    /// What came out, by unit.
    pub figures: BTreeMap<String, f64>,
}

impl Record {
    /// A record without parameters and figures.
    pub fn new(benchmark: &str, subject: &str, run: u32) -> Self {
        let (parameters, figures) = (BTreeMap::new(), BTreeMap::new());
        Self { benchmark: benchmark.into(), subject: subject.into(), parameters, run, figures }
    }

    /// With a parameter.
    pub fn parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// With a figure, named after its unit.
    pub fn figure(mut self, unit: &str, value: f64) -> Self {
        self.figures.insert(unit.into(), value);
        self
    }

    /// Prints the record, and appends it to the file that [`RECORDS_VARIABLE`] names.
    pub fn tell(&self) {
        println!("{self}");
        if let Some(path) = std::env::var_os(RECORDS_VARIABLE) {
            let path = Path::new(&path);
            self.append(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }

    fn append(&self, path: &Path) -> io::Result<()> {
        // One write for a whole line: processes that append at the same time don't mix theirs.
        let line = serde_json::to_string(self)? + "\n";
        File::options().create(true).append(true).open(path)?.write_all(line.as_bytes())
    }
}

/// `benchmark/parameter=value,... subject #run  value unit  value unit`
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters: Vec<_> = self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let name = format!("{}/{} {} #{}", self.benchmark, parameters.join(","), self.subject, self.run);
        write!(f, "{name:<72}")?;
        for (unit, value) in &self.figures {
            let decimals = if value.abs() < 1_000.0 { 2 } else { 0 };
            write!(f, " {value:>12.decimals$} {unit}")?;
        }
        Ok(())
    }
}

/// The records in a file, in its order. A line that is no record is an error that names it.
pub fn read(path: &Path) -> io::Result<Vec<Record>> {
    let text = fs::read_to_string(path)?;
    let parse = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}:{}: {error}", path.display(), index + 1))
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

#[cfg(test)]
mod tests;
