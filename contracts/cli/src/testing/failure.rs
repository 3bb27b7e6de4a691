//! What goes wrong in a test.

use zxc::source::Span;

/// Why a test failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where; none where it never came to its first statement.
    pub span: Option<Span>,
    /// What was being done there: another place, if an assertion in an action failed.
    pub within: Option<Span>,
    /// Why.
    pub message: String,
}

/// Whether `inner` is in `outer`.
pub fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
