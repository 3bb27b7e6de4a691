//! Parameters by name, put in order.

use super::*;

fn ordered(method: &str, params: &str) -> Result<String, String> {
    let params = RawValue::from_string(params.to_owned()).unwrap();
    let ordered = in_order(catalog::by_name(method).unwrap(), &params);
    ordered.map(|params| params.get().to_owned()).map_err(|error| error.message().to_owned())
}

#[test]
fn parameters_stand_in_the_order_of_the_table_and_absent_ones_are_null() {
    assert_eq!(ordered("archive_v1_hashByHeight", r#"{"height": 0}"#).unwrap(), "[0]");
    let items = r#"{"items": [{"key":"0x"}], "hash": "0x01"}"#;
    assert_eq!(ordered("archive_v1_storage", items).unwrap(), r#"["0x01",[{"key":"0x"}],null]"#);
    assert_eq!(ordered("system_name", "{}").unwrap(), "[]");
    assert_eq!(ordered("chainHead_v1_unfollow", r#"{"followSubscription": "a"}"#).unwrap(), r#"["a"]"#);
}

#[test]
fn unknown_doubled_and_many_names_are_refused() {
    let unknown = ordered("archive_v1_hashByHeight", r#"{"hight": 0}"#).unwrap_err();
    assert_eq!(unknown, r#"Invalid params: no parameter has the name "hight"; expected: height"#);
    assert!(ordered("archive_v1_hashByHeight", r#"{"height": 0, "height": 1}"#).unwrap_err().contains("twice"));
    let many: Vec<_> = (0..=ARGUMENTS_MAX).map(|index| format!(r#""{index}":1"#)).collect();
    assert!(ordered("system_name", &format!("{{{}}}", many.join(","))).unwrap_err().contains("more than 16"));
    assert!(ordered("system_name", r#"{"a": 1}"#).unwrap_err().ends_with("expected: there are none"));
    let two = ordered("chainHead_v1_unfollow", r#"{"subscription": "a", "followSubscription": "b"}"#).unwrap_err();
    assert!(two.contains(r#"no parameter has the name "followSubscription""#), "{two}");
}
