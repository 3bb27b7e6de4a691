//! Text to tokens.
//!
//! The lexer reads the text once, from its beginning to its end. What it does not understand becomes an
//! [`Error`](TokenKind::Error) token and a diagnostic, and it goes on behind that. Comments are no tokens; they are kept apart,
//! for the formatter and for documentation. A byte order mark at the beginning counts as a blank.
//!
//! What is within a literal (escapes, digits) is read by `syntax::literal` when the parser gets there; here only its end is
//! found.

use super::{
    ast::{Comment, CommentKind},
    codes,
    token::{Token, TokenKind},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    limits::NAME_BYTES_MAX,
    source::{Source, Span},
};

#[cfg(test)]
mod tests;

/// What the lexer makes of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lexed {
    /// The tokens, in order; the last is an [`End`](TokenKind::End), the only one.
    pub tokens: Vec<Token>,
    /// The comments, in order.
    pub comments: Vec<Comment>,
}

/// The tokens and comments of `source`; complaints go to `diagnostics`.
pub fn lex(source: &Source, diagnostics: &mut Diagnostics) -> Lexed {
    let start = if source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer =
        Lexer { source, text: source.text(), at: start, on_new_line: true, lexed: Lexed::default(), diagnostics };
    while lexer.at < lexer.text.len() {
        lexer.next();
    }
    lexer.token(TokenKind::End, lexer.at);
    lexer.lexed
}

struct Lexer<'a> {
    source: &'a Source,
    text: &'a str,
    /// Offset of what is read next: always a character's beginning.
    at: usize,
    on_new_line: bool,
    lexed: Lexed,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        // Offsets fit u32: a source is at most 1 MiB.
        Span::new(self.source.id(), start as u32, end as u32)
    }

    /// Moves on over all characters that `belongs` holds for.
    fn skip_while(&mut self, belongs: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|character| !belongs(character)).unwrap_or(rest.len());
    }

    /// A token from `start` to here.
    fn token(&mut self, kind: TokenKind, start: usize) {
        let token = Token { kind, span: self.span(start, self.at), on_new_line: self.on_new_line };
        self.lexed.tokens.push(token);
        self.on_new_line = false;
    }

    fn next(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            '\n' => {
                self.on_new_line = true;
                self.at += 1;
            }
            ' ' | '\t' => self.skip_while(|character| matches!(character, ' ' | '\t')),
            '\r' if rest.starts_with("\r\n") => self.at += 1,
            '#' => self.line_comment(CommentKind::Hash),
            '/' if rest.starts_with("//") => self.line_comment(CommentKind::Slashes),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '"' | '\'' => self.string(TokenKind::String, self.at),
            'h' if rest.starts_with("hex\"") => {
                let start = self.at;
                self.at += "hex".len();
                self.string(TokenKind::Bytes, start);
            }
            '0'..='9' => self.number(),
            _ if first == '_' || first.is_alphanumeric() => self.name(),
            _ => self.symbol(first),
        }
    }

    fn name(&mut self) {
        let start = self.at;
        self.skip_while(|character| character == '_' || character.is_alphanumeric());
        let name = &self.text[start..self.at];
        if !name.is_ascii() {
            let diagnostic = Diagnostic::error(codes::BAD_NAME, "a name has a letter that is not ASCII")
                .label(self.span(start, self.at), "")
                .note("letters that look alike would make two names that look the same")
                .help("use `a` to `z`, `A` to `Z`, `0` to `9` and `_`");
            self.diagnostics.push(diagnostic);
        } else if name.len() > NAME_BYTES_MAX {
            let message = format!("a name has {} bytes, more than {NAME_BYTES_MAX}", name.len());
            let diagnostic = Diagnostic::error(codes::BAD_NAME, message).label(self.span(start, self.at), "");
            self.diagnostics.push(diagnostic.help("use a shorter name"));
        }
        self.token(TokenKind::from_word(name).unwrap_or(TokenKind::Identifier), start);
    }

    /// A number with all the letters that follow it: `12ab` is one wrong number, not a number and a name.
    fn number(&mut self) {
        let start = self.at;
        // In `pair.0.1` there are two indices, and no fraction.
        let is_index = self.lexed.tokens.last().is_some_and(|token| token.kind == TokenKind::Dot);
        self.skip_while(|character| character == '_' || character.is_alphanumeric());
        let rest = self.rest().as_bytes();
        if !is_index && rest.first() == Some(&b'.') && rest.get(1).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
            self.skip_while(|character| character == '_' || character.is_alphanumeric());
            let diagnostic = Diagnostic::error(codes::FRACTION, "a number has a fraction")
                .label(self.span(start, self.at), "")
                .note("ZX has whole numbers only: they are the same on every machine")
                .help("count in a smaller unit: `15e17` for 1.5 tokens of 18 decimals");
            self.diagnostics.push(diagnostic);
            self.token(TokenKind::Error, start);
        } else {
            self.token(TokenKind::Integer, start);
        }
    }

    /// A string whose quote is here; `start` is where its token starts. It ends with the line at the latest.
    fn string(&mut self, kind: TokenKind, start: usize) {
        let quote = self.rest().chars().next().unwrap_or('"');
        let mut escaped = false;
        let mut closed = false;
        let mut end = self.text.len();
        for (offset, character) in self.rest().char_indices().skip(1) {
            if character == '\n' {
                end = self.at + offset;
                break;
            }
            if character == quote && !escaped {
                end = self.at + offset + 1;
                closed = true;
                break;
            }
            escaped = character == '\\' && !escaped;
        }
        self.at = end;
        let text = &self.text[start..end];
        let span = self.span(start, start + text.trim_end().len());
        if !closed {
            let diagnostic = Diagnostic::error(codes::UNTERMINATED_STRING, "a string has no end")
                .label(span, "it begins here")
                .help(format!("end it with `{quote}` on the same line; a new line within a string is written `\\n`"));
            self.diagnostics.push(diagnostic);
        } else if quote == '\'' {
            let diagnostic = Diagnostic::error(codes::SINGLE_QUOTES, "a string is in single quotes")
                .label(span, "")
                .help("use double quotes: `\"text\"`");
            self.diagnostics.push(diagnostic);
        }
        self.check_hidden(start, self.at, "a string", true);
        self.token(if closed && quote == '"' { kind } else { TokenKind::Error }, start);
    }

    fn line_comment(&mut self, kind: CommentKind) {
        let start = self.at;
        self.skip_while(|character| character != '\n');
        self.comment(kind, start, start + self.text[start..self.at].trim_end().len());
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let length = self.rest()[2..].find("*/").map(|length| length + 4);
        if length.is_none() {
            let diagnostic = Diagnostic::error(codes::UNTERMINATED_COMMENT, "a comment has no end")
                .label(self.span(start, start + 2), "it begins here")
                .help("end it with `*/`");
            self.diagnostics.push(diagnostic);
        }
        self.at += length.unwrap_or(self.rest().len());
        self.on_new_line |= self.text[start..self.at].contains('\n');
        self.comment(CommentKind::Block, start, self.at);
    }

    fn comment(&mut self, kind: CommentKind, start: usize, end: usize) {
        self.check_hidden(start, end, "a comment", false);
        let text = self.text[start..end].to_owned();
        self.lexed.comments.push(Comment { kind, text, span: self.span(start, end) });
    }

    /// Complains about the first character in a string or comment that isn't seen, or that changes how the rest is seen.
    fn check_hidden(&mut self, start: usize, end: usize, place: &str, can_be_escaped: bool) {
        let text = &self.text[start..end];
        // A newline can't be within a string, and is fine in a comment; so are tabs.
        let hidden = text.char_indices().find(|(at, character)| match character {
            '\n' | '\t' => false,
            '\r' => !text[*at..].starts_with("\r\n") && start + at + 1 != self.at,
            _ => character.is_control() || changes_layout(*character),
        });
        let Some((offset, character)) = hidden else { return };
        let code = if character.is_control() { codes::CONTROL_CHARACTER } else { codes::LAYOUT_CHARACTER };
        let what = if character.is_control() {
            "a control character"
        } else {
            "a character that changes how text is laid out"
        };
        let at = start + offset;
        let mut diagnostic = Diagnostic::error(code, format!("{place} has {what}"))
            .label(self.span(at, at + character.len_utf8()), format!("U+{:04X}", character as u32))
            .note("what an editor shows would differ from what is compiled");
        diagnostic = if can_be_escaped {
            diagnostic.help(format!("write it as `\\u{{{:x}}}`", character as u32))
        } else {
            diagnostic.help("remove it")
        };
        self.diagnostics.push(diagnostic);
    }

    fn symbol(&mut self, first: char) {
        let start = self.at;
        let rest = self.rest();
        // The longest symbol wins; none is longer than two characters.
        let known = [2, 1].into_iter().filter_map(|length| rest.get(..length)).find_map(TokenKind::from_symbol);
        if let Some(kind) = known {
            self.at += kind.text().unwrap_or_default().len();
            return self.token(kind, start);
        }
        self.skip_while(|character| character == first);
        let code = if first.is_control() { codes::CONTROL_CHARACTER } else { codes::UNKNOWN_CHARACTER };
        let message = match first {
            '&' | '|' | '^' | '~' => format!("`{first}` is no operator of ZX"),
            '\r' => "a carriage return has no newline behind it".to_owned(),
            _ if first.is_control() => format!("there is a control character, U+{:04X}", first as u32),
            _ => format!("the character {first:?} has no meaning here"),
        };
        let mut diagnostic = Diagnostic::error(code, message).label(self.span(start, self.at), "");
        diagnostic = match first {
            '&' | '|' => {
                diagnostic.help(format!("for booleans, write `{first}{first}`; there are no operators for bits"))
            }
            '^' | '~' => diagnostic.help("there are no operators for bits"),
            '“' | '”' | '‘' | '’' | '«' | '»' | '`' => {
                diagnostic.help("strings are in double quotes: `\"text\"`")
            }
            _ if first.is_whitespace() && !first.is_control() => diagnostic.help("use an ordinary space"),
            _ => diagnostic.help("remove it"),
        };
        self.diagnostics.push(diagnostic);
        self.token(TokenKind::Error, start);
    }
}

/// The characters of Unicode that change the direction of the text behind them, or end a line for editors but not here.
fn changes_layout(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
