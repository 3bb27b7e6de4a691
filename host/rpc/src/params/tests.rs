//! What is read, and what is refused with which reason.

use super::*;

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|why| why.to_string())
}

#[test]
fn bytes_are_read_with_and_without_prefix() {
    assert_eq!(read("\"0x00fF\""), Ok(Bytes(vec![0, 255])));
    assert_eq!(read("\"00ff\""), Ok(Bytes(vec![0, 255])));
    assert_eq!(read("\"0x\""), Ok(Bytes(vec![])));
    assert_eq!(read("\"\""), Ok(Bytes(vec![])));
}

#[test]
fn bytes_of_odd_length_or_other_digits_are_refused() {
    for wrong in ["\"0x0\"", "\"0xzz\"", "12", "[1]", "\"0x0x\""] {
        assert!(read::<Bytes>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn numbers_are_read_as_json_and_hexadecimal() {
    for four in ["4", "\"0x4\"", "\"0x00000004\""] {
        assert_eq!(read(four), Ok(NumberArg(4)), "{four}");
    }
}

#[test]
fn numbers_beyond_u32_or_not_hexadecimal_are_refused() {
    for wrong in ["4294967296", "\"0x100000000\"", "-1", "1.5", "\"4\"", "\"0x\"", "\"0x+4\"", "true"] {
        assert!(read::<NumberArg>(wrong).is_err(), "{wrong}");
    }
    let why = read::<NumberArg>("4294967296").unwrap_err();
    assert!(why.contains("`4294967296` > u32::MAX"), "{why}");
}

#[test]
fn hash_of_other_length_is_refused() {
    assert!(read::<HashArg>(&format!("\"0x{}\"", "11".repeat(32))).is_ok());
    assert!(read::<HashArg>(&format!("\"0x{}\"", "11".repeat(31))).is_err());
}

#[test]
fn one_or_many_keeps_the_reason_of_a_refusal() {
    assert_eq!(read("3"), Ok(OneOrMany::<2>::One(Some(NumberArg(3)))));
    assert_eq!(read("\"0x3\""), Ok(OneOrMany::<2>::One(Some(NumberArg(3)))));
    assert_eq!(read("null"), Ok(OneOrMany::<2>::One(None)));
    assert_eq!(read("[1, null]"), Ok(OneOrMany::<2>::Many(vec![Some(NumberArg(1)), None])));
    assert!(read::<OneOrMany<2>>("99999999999").unwrap_err().contains("u32::MAX"));
}

#[test]
fn list_is_read_no_further_than_one_past_its_limit() {
    assert_eq!(read("[1, 2]"), Ok(AtMost::<u8, 2>(vec![1, 2])));
    // What follows is no JSON, which nobody has noticed.
    let why = read::<AtMost<u8, 2>>("[1, 2, 3, nonsense").unwrap_err();
    assert!(why.starts_with("a list of more than 2 values"), "{why}");
    let why = read::<OneOrMany<2>>("[1, 2, 3, nonsense").unwrap_err();
    assert!(why.starts_with("a list of more than 2 values"), "{why}");
}

#[test]
fn lists_within_a_number_or_tag_are_refused_unread() {
    for wrong in ["[nonsense", "{\"a\": nonsense"] {
        for why in [read::<NumberArg>(wrong).unwrap_err(), read::<BlockTag>(wrong).unwrap_err()] {
            assert!(why.starts_with("invalid type: "), "{why}");
        }
        let why = read::<OneOrMany<2>>(&format!("[{wrong}")).unwrap_err();
        assert!(why.starts_with("invalid type: "), "{why}");
    }
}

#[test]
fn surplus_arguments_are_skipped() {
    let params = format!("[{}7]", "7,".repeat(100_000));
    let params = Params::new(Some(&params));
    let arguments = Arguments::new(&params).unwrap();
    assert_eq!(arguments.items.len(), ARGUMENTS_MAX);
}

#[test]
fn block_tags_are_words_numbers_and_hashes() {
    assert_eq!(read("\"latest\""), Ok(BlockTag::Latest));
    assert_eq!(read("\"pending\""), Ok(BlockTag::Pending));
    assert_eq!(read("\"safe\""), Ok(BlockTag::Finalized));
    assert_eq!(read("\"earliest\""), Ok(BlockTag::Earliest));
    assert_eq!(read("\"0x10\""), Ok(BlockTag::Number(16)));
    assert_eq!(read("16"), Ok(BlockTag::Number(16)));
    assert_eq!(read(&format!("\"0x{}\"", "22".repeat(32))), Ok(BlockTag::Hash([0x22; 32].into())));
    assert!(read::<BlockTag>("\"newest\"").is_err());
    assert!(read::<BlockTag>("{}").is_err());
}

#[test]
fn missing_and_null_arguments_are_not_given() {
    let params = Params::new(Some("[1, null]"));
    let mut arguments = Arguments::new(&params).unwrap();
    assert_eq!(arguments.required::<u32>().unwrap(), 1);
    assert_eq!(arguments.optional::<u32>().unwrap(), None);
    assert_eq!(arguments.optional::<u32>().unwrap(), None);
    let missing = arguments.required::<u32>().unwrap_err();
    assert_eq!((missing.code(), missing.message()), (-32602, "Invalid params: parameter 3 is missing"));
}

#[test]
fn absent_params_are_an_empty_array() {
    for none in [None, Some("null"), Some("[]"), Some(" [ ] ")] {
        let params = Params::new(none);
        assert_eq!(Arguments::new(&params).unwrap().optional::<u32>().unwrap(), None);
    }
}

#[test]
fn named_params_are_refused() {
    let params = Params::new(Some("{\"hash\": 1}"));
    assert_eq!(Arguments::new(&params).unwrap_err().code(), -32602);
}

#[test]
fn argument_of_wrong_type_names_its_position() {
    let params = Params::new(Some("[\"0x00\", {}]"));
    let mut arguments = Arguments::new(&params).unwrap();
    arguments.required::<Bytes>().unwrap();
    let error = arguments.required::<bool>().unwrap_err();
    assert_eq!(error.code(), -32602);
    assert_eq!(error.message(), "Invalid params: parameter 1: invalid type: map, expected a boolean");
}

#[test]
fn deep_json_is_refused_without_recursing() {
    let deep = format!("[{}1{}]", "[".repeat(100_000), "]".repeat(100_000));
    let params = Params::new(Some(&deep));
    let mut arguments = Arguments::new(&params).unwrap();
    let error = arguments.required::<OneOrMany<2>>().unwrap_err();
    let expected =
        "Invalid params: parameter 0: invalid type: sequence, expected a block number or its hexadecimal form";
    assert_eq!((error.code(), error.message()), (-32602, expected));
}
