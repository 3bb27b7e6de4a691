//! How much gas the actions of contracts used.

use std::collections::BTreeMap;

use serde::Serialize;
use zxc::testing::Tests;

/// What each action used, over all tests.
#[derive(Clone, Debug, Default)]
pub struct Gas {
    actions: BTreeMap<(String, String), Figures>,
}

#[derive(Clone, Copy, Debug)]
struct Figures {
    calls: u64,
    least: u64,
    most: u64,
    all: u64,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The contract.
    pub contract: String,
    /// Its action.
    pub action: String,
    /// How often it was called.
    pub calls: u64,
    /// The least that a call used.
    pub least: u64,
    /// What calls used on average.
    pub average: u64,
    /// The most that a call used.
    pub most: u64,
}

impl Gas {
    /// One more call, or creation, of a contract with this code.
    pub fn add(&mut self, tests: &Tests, code: &[u8; 32], creates: bool, input: &[u8], gas: u64) {
        let Some(module) = tests.modules.get(code) else { return };
        let names = if creates { &module.constructors } else { &module.messages };
        let name = input.first_chunk().and_then(|selector| names.get(selector));
        let name = name.map_or("(fallback)", String::as_str);
        // By the name that it has in the source.
        let name = if creates && name == "new" { "constructor" } else { name };
        let figures = self.actions.entry((module.name.clone(), name.to_owned())).or_insert(Figures {
            calls: 0,
            least: u64::MAX,
            most: 0,
            all: 0,
        });
        figures.calls += 1;
        figures.least = figures.least.min(gas);
        figures.most = figures.most.max(gas);
        figures.all = figures.all.saturating_add(gas);
    }

    /// The report, by contract and action.
    pub fn lines(&self) -> Vec<Line> {
        let line = |((contract, action), figures): (&(String, String), &Figures)| Line {
            contract: contract.clone(),
            action: action.clone(),
            calls: figures.calls,
            least: figures.least,
            average: figures.all / figures.calls.max(1),
            most: figures.most,
        };
        self.actions.iter().map(line).collect()
    }

    /// The report as a table.
    pub fn table(&self) -> String {
        let heads = ["contract", "action", "calls", "min", "avg", "max"].map(str::to_owned);
        let mut rows = vec![heads];
        rows.extend(self.lines().into_iter().map(|line| {
            let Line { contract, action, calls, least, average, most } = line;
            [contract, action, calls.to_string(), least.to_string(), average.to_string(), most.to_string()]
        }));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        let mut table = String::new();
        for row in &rows {
            let [contract, action, numbers @ ..] = row;
            table.push_str(&format!("{contract:<0$}  {action:<1$}", widths[0], widths[1]));
            for (number, width) in numbers.iter().zip(&widths[2..]) {
                table.push_str(&format!("  {number:>width$}"));
            }
            table.push('\n');
        }
        table
    }
}
