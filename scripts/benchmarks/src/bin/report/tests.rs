use super::*;
use ziver_benchmarks::record::Record;

fn records() -> Vec<Record> {
    let record = |subject, run, value: f64| {
        Record::new("trie", subject, run)
            .parameter("keys", 10)
            .figure("per_second", 1.0)
            .figure("per_cpu_second", value)
    };
    vec![
        record("ziver", 1, 30_000.0),
        record("nomt", 1, 15_000.0),
        record("ziver", 2, 40_000.0),
        record("nomt", 2, 10_000.0),
        record("ziver", 3, 50_000.0),
        record("nomt", 3, 5_000.0),
    ]
}

#[test]
fn table_has_medians_and_ratios_of_paired_runs() {
    let benchmarks = summarise(&records());
    let rows: Vec<_> =
        benchmarks[0].rows().map(|(_, row)| (row.subject.as_str(), row.median("per_cpu_second"))).collect();
    assert_eq!(rows, [("ziver", Some(40_000.0)), ("nomt", Some(10_000.0))]);
    let text = table(&benchmarks[0]).to_string();
    assert!(text.contains("per_cpu_second of ziver"), "{text}");
    assert!(text.contains("10,000") && text.contains("0.25"), "{text}");
}

#[test]
fn main_figure_comes_first() {
    let benchmarks = summarise(&records());
    assert_eq!(benchmarks[0].units(), ["per_cpu_second", "per_second"]);
}

#[test]
fn page_and_plots_are_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "scripts/bench", &summarise(&records())).expect("they are written");
    let page = fs::read_to_string(folder.path().join("benchmarks.md")).expect("the page");
    assert!(page.contains("![trie](benchmark-trie.svg)") && page.contains("- Processor: "), "{page}");
    let plot = fs::read_to_string(folder.path().join("benchmark-trie.svg")).expect("the plot");
    assert!(plot.starts_with("<svg") && plot.contains("nomt"), "{plot}");
}

#[test]
fn note_stands_only_where_its_subject_is() {
    let record = |subject| Record::new("import", subject, 1).parameter("accounts", 10).figure("per_cpu_second", 1.0);
    let page = |records: &[Record]| page("scripts/bench", &Machine::here(), &summarise(records));
    assert!(page(&[record("ziver"), record("frame-native")]).contains("\n\n`frame-native` is FRAME"));
    assert!(!page(&[record("ziver")]).contains("FRAME"));
}

#[test]
fn large_numbers_have_separators() {
    assert_eq!(number(1_234_567.4), "1,234,567");
    assert_eq!(number(-1_234.0), "-1,234");
    assert_eq!(number(12.345), "12.35");
}
