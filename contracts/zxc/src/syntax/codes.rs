//! The codes of what the lexer and the parser complain about. `docs/zx.md` lists them for users.

/// A character that no ZX program has outside of strings and comments.
pub const UNKNOWN_CHARACTER: &str = "E0101";
/// A control character, or a carriage return without a newline: editors don't show what is there.
pub const CONTROL_CHARACTER: &str = "E0102";
/// A character that changes the direction or the lines of text, in a string or a comment: what is shown is not what is compiled.
pub const LAYOUT_CHARACTER: &str = "E0103";
/// A string ends with its line.
pub const UNTERMINATED_STRING: &str = "E0104";
/// A comment ends with the file.
pub const UNTERMINATED_COMMENT: &str = "E0105";
/// A backslash in a string that means nothing.
pub const BAD_ESCAPE: &str = "E0106";
/// Letters in a number, a lone `0x`, more digits than anybody needs.
pub const BAD_NUMBER: &str = "E0107";
/// A number beyond 256 bits.
pub const NUMBER_TOO_LARGE: &str = "E0108";
/// A number with a fraction.
pub const FRACTION: &str = "E0109";
/// `hex"..."` with something that is no pair of digits.
pub const BAD_BYTES: &str = "E0110";
/// A name of letters other than ASCII, or one that is too long.
pub const BAD_NAME: &str = "E0111";
/// A string in single quotes.
pub const SINGLE_QUOTES: &str = "E0112";

/// Something else than what the grammar has there.
pub const UNEXPECTED: &str = "E0201";
/// A bracket without its other half.
pub const UNBALANCED: &str = "E0202";
/// More nesting than `limits::NESTING_MAX`.
pub const TOO_DEEP: &str = "E0203";
/// Two statements or members on one line with nothing between them.
pub const NOT_SEPARATED: &str = "E0204";
/// An assignment to something that is no place.
pub const BAD_TARGET: &str = "E0205";
/// `a < b < c`
pub const COMPARISON_CHAIN: &str = "E0206";
/// A member or item where it can't be.
pub const MISPLACED: &str = "E0207";
/// An action without a body outside of a protocol, or with one in it.
pub const BODY: &str = "E0208";
/// Words before an action's name that are there twice, or exclude each other.
pub const ACTION_KINDS: &str = "E0209";
/// A persistent member or a variable without what it needs: a type, or a value.
pub const INCOMPLETE_DECLARATION: &str = "E0210";
/// A word or form of another language for something that ZX has a word for.
pub const FOREIGN: &str = "E0211";
/// `@` and something else than `invariant`.
pub const UNKNOWN_ANNOTATION: &str = "E0212";
/// `try` without `catch`.
pub const NO_CATCH: &str = "E0213";
/// `T??`
pub const OPTION_OF_OPTION: &str = "E0214";
/// `if a = b`
pub const ASSIGNMENT_AS_VALUE: &str = "E0215";
/// A reserved word as a name.
pub const RESERVED: &str = "E0216";
/// `require`, `revert` or `limit` with more or fewer values than they take.
pub const ARGUMENTS: &str = "E0217";

/// An expression whose value nobody uses, and which does nothing.
pub const NO_EFFECT: &str = "W0201";
