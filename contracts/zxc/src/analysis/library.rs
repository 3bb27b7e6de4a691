//! The standard library: files that are part of the compiler. `use "zrc20" from std` makes what one exports visible.

/// Every file: its name, and its text.
const FILES: [(&str, &str); 3] = [
    ("zrc20", include_str!("library/zrc20.zx")),
    ("zrc721", include_str!("library/zrc721.zx")),
    ("zrc1155", include_str!("library/zrc1155.zx")),
];

/// The text of the file `name`.
pub fn text(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| *text)
}

/// The names of all files.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}
