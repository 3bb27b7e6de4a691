//! Keys on the command line: nothing secret is shown unasked, and files are their owner's.

use std::{fs, io::Write, os::unix::fs::PermissionsExt, process::Stdio};

use serde_json::Value;

use crate::process::{Output, command, folder, run};

const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
const ALITH: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";
const ALITH_KEY: &str = "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133";
const BALTATHAR: &str = "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0";

/// Runs `key` with text on stdin; it must succeed.
fn key(args: &[&str], stdin: &str) -> String {
    let Output { code, stdout, stderr } = key_any(args, stdin);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
    stdout
}

fn key_any(args: &[&str], stdin: &str) -> Output {
    let mut command = command(&[&["key"], args].concat());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Fails where it ended without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn refused(args: &[&str], stdin: &str, expected: &str) {
    let Output { code, stderr, .. } = key_any(args, stdin);
    assert_eq!(code, Some(1), "{args:?}: {stderr}");
    assert!(stderr.starts_with("ziver-host: ") && stderr.lines().count() == 1, "{stderr}");
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn generated_phrase_leads_to_the_same_key_again() {
    for words in ["12", "24"] {
        let made: Value = serde_json::from_str(&key(&["generate", "--words", words, "--json"], "")).unwrap();
        let phrase = made["secretPhrase"].as_str().unwrap();
        assert_eq!(phrase.split(' ').count().to_string(), words);
        assert_eq!(made["path"], "m/44'/60'/0'/0/0");
        let again = key(&["inspect", "--show-secret", "--json"], phrase);
        let again: Value = serde_json::from_str(&again).unwrap();
        for field in ["address", "publicKey", "secretKey"] {
            assert_eq!(again[field], made[field]);
        }
    }
}

#[test]
fn phrases_keys_and_names_are_inspected_without_showing_secrets() {
    for secret in [PHRASE, ALITH_KEY, "//Alith", "alith"] {
        let told = key(&["inspect"], secret);
        assert!(told.starts_with(&format!("Address:        {ALITH}\n")), "{told}");
        assert!(!told.contains(&ALITH_KEY[2..]));
        assert!(key(&["inspect", "--suri", secret, "--show-secret"], "").contains(ALITH_KEY));
    }
    let told: Value = serde_json::from_str(&key(&["inspect", "--json", "--suri", "//Alith"], "")).unwrap();
    let public = told["publicKey"].as_str().unwrap();
    assert!(key(&["inspect", public], "").contains(ALITH));
    assert_eq!(key(&["inspect", &ALITH.to_lowercase()], ""), format!("Address:        {ALITH}\n"));
    refused(&["inspect", &ALITH.replace("cac", "caC")], "", "checksum");
    assert_eq!(key(&["inspect", "alith"], ""), format!("Address:        {ALITH}\n"));
    let told = key_any(&["inspect", ALITH_KEY], "").stderr;
    assert!(told.contains("neither an address") && !told.contains(&ALITH_KEY[2..]), "{told}");
    refused(&["inspect", "0x1234"], "", "neither an address (20 bytes) nor a public key");
    refused(&["inspect", &format!("0x02{}", "f".repeat(64))], "", "is no point of secp256k1");
}

#[test]
fn accounts_of_a_phrase_are_listed() {
    let told: Value = serde_json::from_str(&key(&["from-mnemonic", "--count", "2", "--json"], PHRASE)).unwrap();
    assert_eq!((&told[0]["address"], &told[1]["address"]), (&ALITH.into(), &BALTATHAR.into()));
    assert_eq!(told[1]["path"], "m/44'/60'/0'/0/1");
    assert!(told[0].get("secretKey").is_none());
    let own = key(&["from-mnemonic", "--coin-type", "806"], PHRASE);
    assert!(own.contains("m/44'/806'/0'/0/0") && !own.contains(ALITH), "{own}");
    assert!(key(&["from-mnemonic", "--path", "m/44'/60'/0'/0/1"], PHRASE).contains(BALTATHAR));
    let folder = folder();
    let passphrase = folder.path().join("passphrase");
    fs::write(&passphrase, "x\n").unwrap();
    let other = key(&["from-mnemonic", "--passphrase-file", passphrase.to_str().unwrap()], PHRASE);
    assert!(!other.contains(ALITH));
}

#[test]
fn wrong_secrets_are_refused_and_never_repeated() {
    let wrong = PHRASE.replace("walk", "wolf");
    for (args, stdin) in [(&["inspect"][..], wrong.as_str()), (&["inspect", "--suri", &wrong], "")] {
        let told = key_any(args, stdin).stderr;
        assert!(told.contains("the phrase is wrong: its checksum does not fit") && !told.contains("bottom"), "{told}");
    }
    refused(&["from-mnemonic"], ALITH_KEY, "the secret is neither");
    refused(&["inspect"], "", "the secret is neither");
    refused(&["inspect"], &"x".repeat(10_000), "its first line is too long");
    refused(&["inspect", "--secret-file", "/nowhere"], "", "cannot read /nowhere: No such file");
}

#[test]
fn key_files_are_made_looked_at_and_opened() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, password, wrong) = (path("key.json"), path("password"), path("wrong"));
    fs::write(&password, "correct horse\n").unwrap();
    fs::write(&wrong, "battery staple\n").unwrap();
    let create = ["keystore", "create", &file, "--password-file", &password, "--light-kdf"];
    assert!(key(&create, PHRASE).contains(&format!("the key of {ALITH} is in {file}")));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    refused(&create, PHRASE, "there is a file already");
    assert!(key(&["keystore", "inspect", &file], "").contains(ALITH));
    assert!(key(&["keystore", "decrypt", &file, "--password-file", &password], "").contains(ALITH_KEY));
    assert!(key(&["inspect", "--keystore", &file, "--password-file", &password], "").contains(ALITH));
    refused(&["keystore", "decrypt", &file, "--password-file", &wrong], "", "wrong password");
    refused(&["keystore", "decrypt", &file], "", "--password-file");
    refused(&["keystore", "decrypt", &password, "--password-file", &password], "", "not a key file");

    let made = path("made.json");
    let told = key(&["generate", "--keystore", &made, "--password-file", &password, "--light-kdf", "--json"], "");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(told.get("secretPhrase").is_none() && told.get("secretKey").is_none(), "{told}");
    let opened = key(&["keystore", "decrypt", &made, "--password-file", &password, "--json"], "");
    let opened: Value = serde_json::from_str(&opened).unwrap();
    assert_eq!(opened["address"], told["address"]);
}

#[test]
fn wrong_options_for_keys_end_with_code_2_and_name_what_is_allowed() {
    for (args, expected) in [
        (&["generate", "--words", "13"][..], "'13' for '--words <12|24>': 12 or 24 expected"),
        (&["generate", "--path", "m/x"], "--path <PATH>': the derivation path is not of the form"),
        (&["generate", "--coin-type", "4294967295"], "--coin-type <N>': 4294967295 is not in 0..2147483648"),
        (&["from-mnemonic", "--count", "0"], "--count <N>': 0 is not in 1..=1000"),
        (&["generate", "--light-kdf"], "are for --keystore"),
        (&["generate", "--password-file", "x"], "are for --keystore"),
        (
            &["from-mnemonic", "--index", "2147483647", "--count", "3"],
            "--count 3: from --index 2147483647 on the phrase has 1 more",
        ),
        (&["inspect", "--suri", "a", "--keystore", "b"], "cannot be used with '--keystore <FILE>'"),
    ] {
        let Output { code, stderr, stdout } = run(&[&["key"], args].concat());
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}
