//! What is read, and what is not even opened.

use std::process::Command;

use super::*;

#[test]
fn file_is_read_up_to_its_bound_and_refused_beyond() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, [7; 100]).unwrap();
    assert_eq!(read(&file, 100).unwrap(), [7; 100]);
    assert_eq!(read(&file, 99).unwrap_err().to_string(), "it is longer than 99 bytes");
    assert_eq!(read(&file, u64::MAX).unwrap(), [7; 100]);
    assert_eq!(read_from(io::repeat(7), 99).unwrap_err().to_string(), "it is longer than 99 bytes");
}

#[test]
fn what_is_no_file_is_refused_without_opening_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [&pipe, folder.path(), Path::new("/dev/zero")] {
        assert_eq!(read(path, 100).unwrap_err().to_string(), "it is not a file", "{}", path.display());
    }
    assert_eq!(read(&folder.path().join("nothing"), 100).unwrap_err().kind(), io::ErrorKind::NotFound);
}
