use super::*;

fn record() -> Record {
    Record::new("import", "ziver", 1).parameter("accounts", 100_000).figure("per_cpu_second", 1.0)
}

#[test]
fn record_is_the_line_that_other_benchmarks_write() {
    let line = r#"{"benchmark":"import","subject":"ziver","parameters":{"accounts":100000},"run":1,"figures":{"per_cpu_second":1.0}}"#;
    assert_eq!(serde_json::to_string(&record()).expect("it encodes"), line);
}

#[test]
fn appended_records_are_read_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("records");
    let second = Record { run: 2, ..record() };
    record().append(&path).expect("it is written");
    second.append(&path).expect("it is written");
    assert_eq!(read(&path).expect("they are read"), [record(), second]);
}

#[test]
fn line_that_is_no_record_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("records");
    record().append(&path).expect("it is written");
    File::options().append(true).open(&path).expect("it opens").write_all(b"{}\n").expect("it is written");
    let error = read(&path).expect_err("the second line lacks everything").to_string();
    assert!(error.contains("records:2: missing field"), "{error}");
}

#[test]
fn printed_record_names_units() {
    assert_eq!(
        record().to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        "import/accounts=100000 ziver #1 1.00 per_cpu_second"
    );
}
