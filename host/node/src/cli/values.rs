//! Texts of options made into values; each error says what is allowed.

use std::{fmt::Display, net::IpAddr, ops::RangeInclusive, str::FromStr};

use ziver_primitives::Hash;
use ziver_rpc::Cors;

/// A whole number of this range.
pub fn whole<T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("a whole number from {} to {} expected", range.start(), range.end())),
    }
}

/// A block's hash.
pub fn hash(text: &str) -> Result<Hash, String> {
    let mut hash = [0; 32];
    match text.strip_prefix("0x").map(|digits| hex::decode_to_slice(digits, &mut hash)) {
        Some(Ok(())) => Ok(hash.into()),
        _ => Err("0x and 64 hexadecimal digits expected".to_owned()),
    }
}

/// An address of a network interface.
pub fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "an IP address such as 127.0.0.1, 0.0.0.0 or :: expected".to_owned())
}

/// Who may read the server's answers in a browser.
pub fn cors(text: &str) -> Result<Cors, String> {
    const ALLOWED: &str = "`all` or origins such as https://example.org, separated by commas, expected";
    if text == "all" {
        return Ok(Cors::Any);
    }
    let origins: Vec<String> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
    match origins.iter().find(|origin| !is_origin(origin)) {
        None => Ok(Cors::Origins(origins)),
        Some(origin) if origins.len() > 1 => Err(format!("{origin:?} is no origin: {ALLOWED}")),
        Some(_) => Err(ALLOWED.to_owned()),
    }
}

/// As browsers send it: scheme, host and perhaps port, no path.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else { return text == "null" };
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[]*".contains(c);
    !scheme.is_empty() && scheme.chars().all(is_scheme) && !host.is_empty() && host.chars().all(is_host)
}
