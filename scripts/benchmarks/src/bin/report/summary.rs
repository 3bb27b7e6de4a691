//! Records put together: what each subject reached with which parameters.

use std::collections::BTreeMap;

use ziver_benchmarks::{
    record::Record,
    statistics::{median, paired_ratio},
};

/// Figures that others are compared by, the most telling one first.
const MAIN_UNITS: [&str; 4] = ["per_cpu_second", "us", "per_second", "ms"];
/// Subjects that others are compared with.
const REFERENCES: [&str; 2] = ["ziver", "native"];

/// All that is known of one benchmark, in the order of the records.
pub struct Benchmark {
    /// Its name.
    pub name: String,
    groups: Vec<(String, Vec<Row>)>,
}

/// One subject with certain parameters.
pub struct Row {
    /// Who.
    pub subject: String,
    /// By unit: run and value.
    figures: BTreeMap<String, Vec<(u32, f64)>>,
}

impl Row {
    /// The median of its runs.
    pub fn median(&self, unit: &str) -> Option<f64> {
        median(&self.figures.get(unit)?.iter().map(|(_, value)| *value).collect::<Vec<_>>())
    }

    /// The smallest and the largest value.
    pub fn range(&self, unit: &str) -> Option<(f64, f64)> {
        let values = self.figures.get(unit)?.iter().map(|(_, value)| *value);
        Some((values.clone().reduce(f64::min)?, values.reduce(f64::max)?))
    }

    /// How many runs there were.
    pub fn runs(&self) -> usize {
        self.figures.values().map(Vec::len).max().unwrap_or(0)
    }
}

impl Benchmark {
    /// Rows of the same parameters.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &[Row])> {
        self.groups.iter().map(|(parameters, rows)| (parameters.as_str(), rows.as_slice()))
    }

    /// All rows with their parameters.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.groups().flat_map(|(parameters, rows)| rows.iter().map(move |row| (parameters, row)))
    }

    /// The units of all figures; the main one first.
    pub fn units(&self) -> Vec<&str> {
        let main = self.main_unit();
        let mut units: Vec<_> = self.rows().flat_map(|(_, row)| row.figures.keys().map(String::as_str)).collect();
        units.sort_by_key(|unit| (*unit != main, *unit));
        units.dedup();
        units
    }

    /// The figure that subjects are compared by.
    pub fn main_unit(&self) -> &str {
        let has = |unit: &&str| self.rows().any(|(_, row)| row.figures.contains_key(*unit));
        let first = || self.rows().find_map(|(_, row)| row.figures.keys().next().map(String::as_str));
        MAIN_UNITS.into_iter().find(has).or_else(first).unwrap_or("-")
    }

    /// The subject that others are compared with.
    pub fn reference(&self) -> Option<&'static str> {
        REFERENCES.into_iter().find(|name| self.rows().any(|(_, row)| row.subject == *name))
    }

    /// What `row` reaches of what the reference does with the same parameters.
    pub fn ratio(&self, parameters: &str, row: &Row) -> Option<f64> {
        let (reference, unit) = (self.reference()?, self.main_unit());
        let (_, rows) = self.groups().find(|(of, _)| *of == parameters)?;
        let reference = rows.iter().find(|other| other.subject == reference)?;
        paired_ratio(row.figures.get(unit)?, reference.figures.get(unit)?)
    }
}

/// Puts records together.
pub fn summarise(records: &[Record]) -> Vec<Benchmark> {
    let mut benchmarks: Vec<Benchmark> = Vec::new();
    for record in records {
        let parameters: Vec<_> = record.parameters.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let parameters = parameters.join(", ").replace('"', "");
        let index = place(
            &mut benchmarks,
            |of| of.name == record.benchmark,
            || Benchmark { name: record.benchmark.clone(), groups: Vec::new() },
        );
        let groups = &mut benchmarks[index].groups;
        let index = place(groups, |(of, _)| *of == parameters, || (parameters.clone(), Vec::new()));
        let rows = &mut groups[index].1;
        let index = place(
            rows,
            |row| row.subject == record.subject,
            || Row { subject: record.subject.clone(), figures: BTreeMap::new() },
        );
        for (unit, value) in &record.figures {
            rows[index].figures.entry(unit.clone()).or_default().push((record.run, *value));
        }
    }
    benchmarks
}

/// Where the item is that `is` means; a new one is added at the end.
fn place<T>(items: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    items.iter().position(is).unwrap_or_else(|| {
        items.push(new());
        items.len() - 1
    })
}
