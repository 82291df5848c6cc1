//! Questions about tokens.

use proc_macro2::{Delimiter, TokenTree};

use super::Parameter;

/// Returns true for conditions that only tests meet: `test` and `all(test, …)`.
pub(super) fn is_test(condition: &[TokenTree]) -> bool {
    match ident_at(condition, 0).as_deref() {
        Some("test") => true,
        Some("all") => group(condition.get(1), Delimiter::Parenthesis)
            .is_some_and(|parts| parts.split(|token| is_punct(Some(token), ',')).any(is_test)),
        _ => false,
    }
}

/// Returns the index of the token that ends the item: its body or its semicolon.
pub(super) fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    let mut is_statement = false;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token {
            TokenTree::Ident(word) => is_statement |= matches!(word.to_string().as_str(), "use" | "static" | "let"),
            TokenTree::Punct(punct) if punct.as_char() == ';' => return index,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !is_statement => return index,
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    tokens.len().saturating_sub(1)
}

pub(super) fn end_of_statement(tokens: &[TokenTree], start: usize) -> usize {
    (start..tokens.len()).find(|&index| is_punct(tokens.get(index), ';')).unwrap_or(tokens.len())
}

/// Returns true unless `impl` is part of a type, such as `-> impl Iterator`.
pub(super) fn is_item_start(tokens: &[TokenTree], index: usize) -> bool {
    match index.checked_sub(1).and_then(|before| tokens.get(before)) {
        None => true,
        Some(TokenTree::Group(group)) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket),
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Ident(word)) => matches!(word.to_string().as_str(), "unsafe" | "default"),
        Some(TokenTree::Literal(_)) => false,
    }
}

/// Returns the parameters of a function from the tokens after its name.
pub(super) fn parameters(tokens: &[TokenTree]) -> Vec<Parameter> {
    let mut depth = 0_usize;
    let mut list = None;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && !is_arrow(tokens, index) => {
                depth = depth.saturating_sub(1);
            }
            TokenTree::Group(group) if depth == 0 => {
                list = (group.delimiter() == Delimiter::Parenthesis).then(|| group.stream());
                break;
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
    let tokens: Vec<_> = list.into_iter().flatten().collect();
    let mut parameters = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for index in 0..=tokens.len() {
        match tokens.get(index) {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '<' => depth += 1,
            Some(TokenTree::Punct(punct)) if punct.as_char() == '>' && !is_arrow(&tokens, index) => {
                depth = depth.saturating_sub(1);
            }
            Some(token) if depth > 0 || !is_punct(Some(token), ',') => {}
            Some(_) | None => {
                let parameter = &tokens[start..index];
                if let Some(colon) = (0..parameter.len()).find(|&at| is_punct(parameter.get(at), ':')) {
                    let name = parameter[..colon].last().map(ToString::to_string).unwrap_or_default();
                    let kind = parameter[colon + 1..].iter().map(ToString::to_string).collect();
                    parameters.push(Parameter { name, kind });
                }
                start = index + 1;
            }
        }
    }
    parameters
}

pub(super) fn is_arrow(tokens: &[TokenTree], index: usize) -> bool {
    index > 0 && (is_punct(tokens.get(index - 1), '-') || is_punct(tokens.get(index - 1), '='))
}

pub(super) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

pub(super) fn ident_at(tokens: &[TokenTree], index: usize) -> Option<String> {
    match tokens.get(index) {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

pub(super) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream().into_iter().collect()),
        _ => None,
    }
}

pub(super) fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// Returns the value of a string literal, `None` for other literals and byte strings.
pub(super) fn string_value(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        return raw
            .get(hashes..)?
            .strip_prefix('"')?
            .strip_suffix(&format!("\"{}", "#".repeat(hashes)))
            .map(str::to_owned);
    }
    let body = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::new();
    let mut chars = body.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            value.push(char);
            continue;
        }
        match chars.next()? {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            '0' => value.push('\0'),
            '\n' => while chars.next_if(|char| char.is_whitespace()).is_some() {},
            'x' => {
                let code: String = chars.by_ref().take(2).collect();
                value.push(char::from(u8::from_str_radix(&code, 16).ok()?));
            }
            'u' => {
                let code: String = chars.by_ref().skip(1).take_while(|&char| char != '}').collect();
                value.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)?);
            }
            other => value.push(other),
        }
    }
    Some(value)
}
