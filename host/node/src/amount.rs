//! Amounts as people write and read them: `1.5ZIV`, or a whole number of the smallest unit.

use ziver_primitives::{Balance, UNIT};

/// Units and their decimals. The first is what amounts are shown in.
const UNITS: [(&str, u32); 4] = [("ZIV", 18), ("mZIV", 15), ("uZIV", 12), ("nZIV", 9)];

/// Reads an amount. Nothing is rounded.
pub fn parse(text: &str) -> Result<Balance, String> {
    let expected = || "an amount like 1.5ZIV, 20mZIV or a whole number of the smallest unit expected".to_owned();
    let split = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..split].trim(), text[split..].trim());
    let decimals = match unit {
        "" => 0,
        unit => UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(expected)?.1,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit() || letter == '_');
    let clean = |text: &str| text.replace('_', "");
    let (whole, part) = (Some(whole).filter(|whole| digits(whole)), Some(part).filter(|part| digits(part)));
    let (Some(whole), Some(part)) = (whole.map(clean), part.map(clean)) else { return Err(expected()) };
    if whole.is_empty() || (number.contains('.') && part.is_empty()) {
        return Err(expected());
    }
    let part = part.trim_end_matches('0');
    let missing = usize::try_from(decimals).unwrap_or(0).checked_sub(part.len());
    let hint = if unit.is_empty() { format!("; did you mean {text}ZIV?") } else { String::new() };
    let missing = missing.ok_or_else(|| format!("{text} is more exact than the smallest unit{hint}"))?;
    let all = format!("{whole}{part}{}", "0".repeat(missing));
    all.parse().map_err(|_| format!("{text} is more than there can be"))
}

/// Shows an amount in whole tokens, without digits that say nothing.
pub fn show(amount: Balance) -> String {
    let (name, decimals) = UNITS[0];
    let (whole, part) = (amount / UNIT, amount % UNIT);
    if part == 0 {
        return format!("{whole} {name}");
    }
    let part = format!("{part:0width$}", width = decimals as usize);
    format!("{whole}.{} {name}", part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests;
