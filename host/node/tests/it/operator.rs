//! The operator's guide says what the program says.

use crate::process::run;

const GUIDE: &str = include_str!("../../../../docs/operator.md");

#[test]
fn table_of_options_in_the_guide_is_what_the_program_prints() {
    let (_, rest) = GUIDE.split_once("<!-- options -->\n").unwrap();
    let (written, _) = rest.split_once("<!-- end of options -->").unwrap();
    let printed = run(&["config", "options"]).stdout;
    assert!(printed.lines().count() > 20, "{printed}");
    assert!(
        written == printed,
        "docs/operator.md is not current: put the output of `ziver-host config options` between the marks:\n{printed}"
    );
}

#[test]
fn unit_for_systemd_is_right_where_systemd_can_tell() {
    let unit = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ziver.service");
    let text = std::fs::read_to_string(&unit).unwrap();
    // A program that is there, on every machine.
    let text = text.replace("/usr/local/bin/ziver-host", "/bin/true");
    let folder = crate::process::folder();
    let copy = folder.path().join("ziver.service");
    std::fs::write(&copy, text).unwrap();
    match std::process::Command::new("systemd-analyze").arg("verify").arg(&copy).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && !said.contains("ziver.service"), "{said}");
        }
        Err(error) => println!("skipped: systemd-analyze can not be run: {error}"),
    }
}
