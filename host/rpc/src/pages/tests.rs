//! Which requests are answered with a page, and with which rules.

use super::*;

struct Sick;

impl Health for Sick {
    fn fault(&self) -> Option<String> {
        Some("no block".to_owned())
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<()> {
    let request = Request::builder().method(method).uri(path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(()).unwrap()
}

fn with_explorer() -> Pages {
    Pages { health: None, has_explorer: true }
}

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");

#[test]
fn health_is_answered_and_readiness_says_why_not() {
    let status = |pages: &Pages, path| pages.answer(&request("GET", path, &[])).map(|answer| answer.status().as_u16());
    let sick = Pages { health: Some(Arc::new(Sick)), has_explorer: false };
    assert_eq!(status(&sick, "/health"), Some(200));
    assert_eq!(status(&sick, "/health/readiness"), Some(503));
    assert_eq!(status(&Pages::default(), "/health/readiness"), Some(200));
    assert_eq!(status(&sick, "/health/"), None);
    assert!(sick.answer(&request("POST", "/health", &[])).is_none());
}

#[test]
fn explorer_is_for_browsers_alone_and_only_if_it_is_on() {
    let is_served =
        |pages: &Pages, method, headers: &[(&str, &str)]| pages.answer(&request(method, "/", headers)).is_some();
    assert!(is_served(&with_explorer(), "GET", &[BROWSER]));
    assert!(!is_served(&Pages::default(), "GET", &[BROWSER]));
    assert!(!is_served(&with_explorer(), "GET", &[("accept", "application/json")]));
    assert!(!is_served(&with_explorer(), "GET", &[]));
    assert!(!is_served(&with_explorer(), "POST", &[BROWSER]));
}

#[test]
fn explorer_may_run_nothing_but_itself() {
    let answer = with_explorer().answer(&request("GET", "/", &[BROWSER])).unwrap();
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    // One script, one style, nothing from elsewhere, and no way to make elements of text.
    assert_eq!((EXPLORER.matches("<script").count(), EXPLORER.matches("<style").count()), (1, 1));
    for banned in
        ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "src=", "://\"", " style=", "onclick="]
    {
        assert!(!EXPLORER.contains(banned), "{banned}");
    }
}

#[test]
fn own_page_is_believed_by_address_and_not_by_name() {
    for (origin, host, expected) in [
        ("http://127.0.0.1:8545", "127.0.0.1:8545", true),
        ("http://localhost:8545", "localhost:8545", true),
        ("http://[::1]:8545", "[::1]:8545", true),
        ("https://10.0.0.1", "10.0.0.1", true),
        ("http://evil.example:8545", "evil.example:8545", false),
        ("http://127.0.0.1:1", "127.0.0.1:8545", false),
        ("http://evil.example", "127.0.0.1:8545", false),
        ("null", "127.0.0.1:8545", false),
    ] {
        let request = request("GET", "/", &[("origin", origin), ("host", host)]);
        assert_eq!(with_explorer().is_own(&request), expected, "{origin} {host}");
        assert!(!Pages::default().is_own(&request));
    }
}
