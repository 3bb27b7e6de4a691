//! Tokens: what the lexer makes of text and the parser reads.

use crate::source::Span;

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
    /// Whether a line ends between the token before and this one.
    pub on_new_line: bool,
}

macro_rules! tokens {
    (
        words { $($word:ident = $word_text:literal,)* }
        symbols { $($symbol:ident = $symbol_text:literal,)* }
    ) => {
        /// The kinds of [`Token`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the variants of words and symbols are their names")]
        pub enum TokenKind {
            /// A name, or one of the words that are reserved nowhere (`data`, `view`, `from`, ...).
            Identifier,
            /// A number, right or not.
            Integer,
            /// A string in quotes, right or not.
            String,
            /// `hex"..."`, right or not.
            Bytes,
            /// Something that the lexer has complained about.
            Error,
            /// The end of the file.
            End,
            $($word,)*
            $($symbol,)*
        }

        impl TokenKind {
            /// The reserved words: no name is one of them.
            pub const WORDS: &[Self] = &[$(Self::$word),*];

            /// Brackets, operators, punctuation.
            #[cfg(test)]
            pub const SYMBOLS: &[Self] = &[$(Self::$symbol),*];

            /// The text of a word or symbol.
            pub fn text(self) -> Option<&'static str> {
                match self {
                    $(Self::$word => Some($word_text),)*
                    $(Self::$symbol => Some($symbol_text),)*
                    _ => None,
                }
            }

            /// The symbol of this text.
            pub fn from_symbol(text: &str) -> Option<Self> {
                match text {
                    $($symbol_text => Some(Self::$symbol),)*
                    _ => None,
                }
            }

            /// The reserved word of this text.
            pub fn from_word(text: &str) -> Option<Self> {
                match text {
                    $($word_text => Some(Self::$word),)*
                    _ => None,
                }
            }
        }
    };
}

tokens! {
    words {
        Action = "action",
        Break = "break",
        Catch = "catch",
        Continue = "continue",
        Contract = "contract",
        Elif = "elif",
        Else = "else",
        Emit = "emit",
        Export = "export",
        False = "false",
        For = "for",
        If = "if",
        Implements = "implements",
        Let = "let",
        New = "new",
        Null = "null",
        Protocol = "protocol",
        Require = "require",
        Return = "return",
        Revert = "revert",
        This = "this",
        True = "true",
        Try = "try",
        Tx = "tx",
        Use = "use",
        While = "while",
    }
    symbols {
        OpenParenthesis = "(",
        CloseParenthesis = ")",
        OpenBracket = "[",
        CloseBracket = "]",
        OpenBrace = "{",
        CloseBrace = "}",
        Comma = ",",
        Semicolon = ";",
        Colon = ":",
        Dot = ".",
        At = "@",
        Question = "?",
        QuestionQuestion = "??",
        Arrow = "->",
        Equal = "=",
        PlusEqual = "+=",
        MinusEqual = "-=",
        StarEqual = "*=",
        SlashEqual = "/=",
        PercentEqual = "%=",
        EqualEqual = "==",
        BangEqual = "!=",
        Less = "<",
        LessEqual = "<=",
        Greater = ">",
        GreaterEqual = ">=",
        Plus = "+",
        Minus = "-",
        Star = "*",
        Slash = "/",
        Percent = "%",
        AndAnd = "&&",
        OrOr = "||",
        Bang = "!",
    }
}

impl TokenKind {
    /// Whether it is a reserved word.
    pub fn is_word(self) -> bool {
        self.text().is_some_and(|text| text.starts_with(|first: char| first.is_ascii_lowercase()))
    }

    /// The bracket that closes this opening one.
    pub fn closing(self) -> Option<Self> {
        match self {
            Self::OpenParenthesis => Some(Self::CloseParenthesis),
            Self::OpenBracket => Some(Self::CloseBracket),
            Self::OpenBrace => Some(Self::CloseBrace),
            _ => None,
        }
    }

    /// Whether it closes something.
    pub fn is_closing(self) -> bool {
        matches!(self, Self::CloseParenthesis | Self::CloseBracket | Self::CloseBrace)
    }
}
