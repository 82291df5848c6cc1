//! Facts about a Rust file, taken from its tokens.
//!
//! Tokens are enough, and they see the code within macro calls (`proptest!`, `macro_rules!`) that a parser of items leaves
//! opaque.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Ident, LexError, TokenStream, TokenTree};

/// The facts.
#[derive(Debug, Default)]
pub(crate) struct Syntax {
    pub(crate) docs: Vec<DocBlock>,
    pub(crate) literals: Vec<Text>,
    pub(crate) functions: Vec<Function>,
    /// Items of modules: functions, types, traits, constants and macros.
    pub(crate) items: Vec<Item>,
    pub(crate) modules: Vec<Module>,
    pub(crate) uses: Vec<Use>,
    pub(crate) paths: Vec<PathUse>,
    /// First segments of all paths in code that is not only for tests, `use` declarations excepted.
    pub(crate) names: BTreeSet<String>,
    /// Lines of items under `#[cfg(test)]`.
    pub(crate) test_ranges: Vec<RangeInclusive<usize>>,
}

/// Adjacent doc comments of one item.
#[derive(Debug)]
pub(crate) struct DocBlock {
    pub(crate) line: usize,
    pub(crate) text: String,
    last_line: usize,
    is_inner: bool,
}

/// A string literal.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) line: usize,
    pub(crate) value: String,
    pub(crate) place: TextPlace,
    pub(crate) is_test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPlace {
    /// In code.
    Code,
    /// In `#[error(…)]`.
    ErrorAttribute,
    /// In any other attribute.
    Attribute,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// The function has `#[test]`.
    pub(crate) is_test_case: bool,
    /// A trait prescribes the name.
    pub(crate) is_trait_impl: bool,
    pub(crate) parameters: Vec<Parameter>,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// Tokens of the type without spaces.
    pub(crate) kind: String,
}

#[derive(Debug)]
pub(crate) struct Item {
    /// Inline modules of the file that the item is in.
    pub(crate) module: Vec<String>,
    pub(crate) keyword: String,
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) visibility: Visibility,
    pub(crate) is_test: bool,
    /// `#[macro_export]`.
    pub(crate) is_exported_macro: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(in …)`.
    Restricted,
    Public,
}

#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) parent: Vec<String>,
    pub(crate) name: String,
    pub(crate) is_inline: bool,
    pub(crate) is_test: bool,
    /// The value of `#[path]`.
    pub(crate) path: Option<String>,
}

/// One name that a `use` declaration binds.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
    /// The bound name, `None` for a glob.
    pub(crate) name: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) line: usize,
    pub(crate) is_test: bool,
}

/// A path of two or more segments in code.
#[derive(Debug)]
pub(crate) struct PathUse {
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) is_test: bool,
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Result<Syntax, LexError> {
    // A shebang or a byte order mark is no token.
    let tokens: TokenStream = text.trim_start_matches('\u{feff}').parse()?;
    let mut walker = Walker::default();
    walker.walk(&tokens.into_iter().collect::<Vec<_>>(), Context::default());
    Ok(walker.syntax)
}

#[derive(Default)]
struct Walker {
    syntax: Syntax,
    module: Vec<String>,
}

#[allow(clippy::struct_excessive_bools, reason = "independent of each other")]
#[derive(Clone, Copy, Default)]
struct Context {
    is_test: bool,
    /// Within a function, an `impl`, a macro call or any other group that is not a module.
    is_body: bool,
    is_trait_impl: bool,
    /// Within `quote!`: tokens of another crate.
    is_quoted: bool,
}

/// Attributes and visibility of the item that comes next.
struct Pending {
    start: Option<usize>,
    is_test_case: bool,
    is_exported_macro: bool,
    path: Option<String>,
    visibility: Visibility,
}

impl Pending {
    const NONE: Self = Self {
        start: None,
        is_test_case: false,
        is_exported_macro: false,
        path: None,
        visibility: Visibility::Private,
    };
}

impl Walker {
    fn walk(&mut self, tokens: &[TokenTree], mut context: Context) {
        let outer_is_test = context.is_test;
        let mut test_end = None;
        let mut pending = Pending::NONE;
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            context.is_test = outer_is_test || test_end.is_some_and(|end| index <= end);
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let is_inner = is_punct(tokens.get(index + 1), '!');
                    let at = index + 1 + usize::from(is_inner);
                    let Some(attribute) = group(tokens.get(at), Delimiter::Bracket) else {
                        index += 1;
                        continue;
                    };
                    let line = line_of(token);
                    pending.start.get_or_insert(line);
                    let is_cfg_test = self.attribute(&attribute, is_inner, line, context, &mut pending);
                    index = at + 1;
                    if is_cfg_test && !context.is_test {
                        let end = if is_inner { tokens.len().saturating_sub(1) } else { end_of_item(tokens, index) };
                        test_end = Some(end);
                        let last = tokens.get(end).map_or(line, |token| token.span().end().line);
                        self.syntax.test_ranges.push(pending.start.unwrap_or(line)..=last);
                    }
                }
                TokenTree::Punct(punct) => {
                    if matches!(punct.as_char(), ';' | ',') {
                        pending = Pending::NONE;
                    }
                    // A lifetime is no path.
                    index += if punct.as_char() == '\'' { 2 } else { 1 };
                }
                TokenTree::Group(found) => {
                    let inner = Context { is_body: true, is_trait_impl: false, ..context };
                    self.walk(&found.stream().into_iter().collect::<Vec<_>>(), inner);
                    if found.delimiter() == Delimiter::Brace {
                        pending = Pending::NONE;
                    }
                    index += 1;
                }
                TokenTree::Literal(literal) => {
                    if let Some(value) = string_value(&literal.to_string()) {
                        let (line, is_test) = (line_of(token), context.is_test);
                        self.syntax.literals.push(Text { line, value, place: TextPlace::Code, is_test });
                    }
                    index += 1;
                }
                TokenTree::Ident(ident) => index = self.ident(tokens, index, ident, context, &mut pending),
            }
        }
    }

    /// Reads an attribute, and returns true for `#[cfg(test)]`.
    fn attribute(
        &mut self,
        attribute: &[TokenTree],
        is_inner: bool,
        line: usize,
        context: Context,
        pending: &mut Pending,
    ) -> bool {
        let name = ident_at(attribute, 0).unwrap_or_default();
        if name == "doc" && is_punct(attribute.get(1), '=') {
            if let Some(TokenTree::Literal(literal)) = attribute.get(2) {
                self.doc(string_value(&literal.to_string()).unwrap_or_default(), line, is_inner);
            }
            return false;
        }
        match name.as_str() {
            "test" => pending.is_test_case = true,
            "macro_export" => pending.is_exported_macro = true,
            "path" => pending.path = attribute.get(2).and_then(|token| string_value(&token.to_string())),
            _ => {}
        }
        // Reasons of waivers are comments.
        if matches!(name.as_str(), "allow" | "expect") {
            return false;
        }
        let place = if name == "error" { TextPlace::ErrorAttribute } else { TextPlace::Attribute };
        self.attribute_literals(attribute, place, context);
        name == "cfg" && group(attribute.get(1), Delimiter::Parenthesis).is_some_and(|condition| is_test(&condition))
    }

    fn attribute_literals(&mut self, tokens: &[TokenTree], place: TextPlace, context: Context) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    self.attribute_literals(&group.stream().into_iter().collect::<Vec<_>>(), place, context);
                }
                TokenTree::Literal(literal) => {
                    let Some(value) = string_value(&literal.to_string()) else { continue };
                    let line = line_of(token);
                    // `#[serde(with = "crate::time")]`
                    let is_path = |text: &str| text.contains("::") && text.split("::").all(is_name);
                    if is_path(&value) && !context.is_quoted {
                        let path = value.split("::").map(str::to_owned).collect();
                        self.path(path, line, context.is_test);
                    }
                    self.syntax.literals.push(Text { line, value, place, is_test: context.is_test });
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    fn doc(&mut self, text: String, line: usize, is_inner: bool) {
        let last_line = line + text.matches('\n').count();
        match self.syntax.docs.last_mut() {
            Some(block) if block.last_line + 1 == line && block.is_inner == is_inner => {
                block.text.push('\n');
                block.text.push_str(&text);
                block.last_line = last_line;
            }
            _ => self.syntax.docs.push(DocBlock { line, text, last_line, is_inner }),
        }
    }

    /// Reads what begins with an identifier, and returns the index of the token after it.
    fn ident(
        &mut self,
        tokens: &[TokenTree],
        index: usize,
        ident: &Ident,
        context: Context,
        pending: &mut Pending,
    ) -> usize {
        let word = ident.to_string();
        let line = ident.span().start().line;
        let next = ident_at(tokens, index + 1);
        match (word.as_str(), next) {
            ("pub", _) => {
                pending.start.get_or_insert(line);
                pending.visibility = Visibility::Public;
                let restriction = group(tokens.get(index + 1), Delimiter::Parenthesis)
                    .and_then(|restriction| ident_at(&restriction, 0));
                if restriction.is_some_and(|word| matches!(word.as_str(), "crate" | "super" | "self" | "in")) {
                    pending.visibility = Visibility::Restricted;
                    return index + 2;
                }
                index + 1
            }
            ("use", _) if !is_punct(tokens.get(index + 1), '<') => {
                let end = end_of_statement(tokens, index);
                let visibility = pending.visibility;
                if !context.is_quoted {
                    self.use_tree(&tokens[index + 1..end], Vec::new(), visibility, context.is_test);
                }
                *pending = Pending::NONE;
                end + 1
            }
            ("mod", Some(name)) => self.module(tokens, index, name, context, pending),
            ("impl", _) if is_item_start(tokens, index) => self.implementation(tokens, index, context, pending),
            ("fn", Some(name)) => {
                let parameters = parameters(&tokens[index + 2..]);
                self.syntax.functions.push(Function {
                    name: name.clone(),
                    line,
                    is_test_case: pending.is_test_case,
                    is_trait_impl: context.is_trait_impl,
                    parameters,
                });
                self.item(word, name, line, context, pending);
                index + 2
            }
            ("struct" | "enum" | "trait" | "type" | "const" | "static", Some(name)) if name != "fn" => {
                self.item(word, name, line, context, pending);
                index + 2
            }
            ("macro_rules", None) if is_punct(tokens.get(index + 1), '!') => {
                if let Some(name) = ident_at(tokens, index + 2) {
                    self.item(word, name, line, context, pending);
                }
                index + 3
            }
            _ => self.path_at(tokens, index, line, context),
        }
    }

    fn item(&mut self, keyword: String, name: String, line: usize, context: Context, pending: &mut Pending) {
        let Pending { visibility, is_exported_macro, .. } = std::mem::replace(pending, Pending::NONE);
        if !context.is_body {
            let (module, is_test) = (self.module.clone(), context.is_test);
            self.syntax.items.push(Item { module, keyword, name, line, visibility, is_test, is_exported_macro });
        }
    }

    fn module(
        &mut self,
        tokens: &[TokenTree],
        index: usize,
        name: String,
        context: Context,
        pending: &mut Pending,
    ) -> usize {
        let body = group(tokens.get(index + 2), Delimiter::Brace);
        let path = pending.path.take();
        *pending = Pending::NONE;
        let (parent, is_test, is_inline) = (self.module.clone(), context.is_test, body.is_some());
        self.syntax.modules.push(Module { parent, name: name.clone(), is_inline, is_test, path });
        if let Some(body) = body {
            self.module.push(name);
            self.walk(&body, Context { is_trait_impl: false, ..context });
            self.module.pop();
        }
        index + 3
    }

    fn implementation(&mut self, tokens: &[TokenTree], index: usize, context: Context, pending: &mut Pending) -> usize {
        let end = end_of_item(tokens, index);
        let Some(body) = group(tokens.get(end), Delimiter::Brace) else { return index + 1 };
        *pending = Pending::NONE;
        let header = &tokens[index + 1..end];
        let is_trait_impl = (0..header.len()).any(|at| {
            // `for<'a>` is a bound, not the target of the implementation.
            matches!(&header[at], TokenTree::Ident(word) if *word == "for") && !is_punct(header.get(at + 1), '<')
        });
        self.walk(header, Context { is_body: true, is_trait_impl: false, ..context });
        self.walk(&body, Context { is_body: true, is_trait_impl, ..context });
        end + 1
    }

    fn use_tree(&mut self, tokens: &[TokenTree], mut path: Vec<String>, visibility: Visibility, is_test: bool) {
        let mut index = 0;
        let mut line = tokens.first().map_or(0, line_of);
        while let Some(token) = tokens.get(index) {
            match token {
                TokenTree::Ident(ident) if *ident == "as" => {
                    let name = ident_at(tokens, index + 1);
                    self.bind(path, name, visibility, line, is_test);
                    return;
                }
                TokenTree::Ident(ident) => {
                    line = line_of(token);
                    path.push(ident.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    let module = self.module.clone();
                    self.syntax.uses.push(Use { module, path, name: None, visibility, line, is_test });
                    return;
                }
                TokenTree::Group(group) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    for tree in inner.split(|token| is_punct(Some(token), ',')) {
                        if !tree.is_empty() {
                            self.use_tree(tree, path.clone(), visibility, is_test);
                        }
                    }
                    return;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            index += 1;
        }
        let name = path.last().cloned();
        self.bind(path, name, visibility, line, is_test);
    }

    fn bind(
        &mut self,
        mut path: Vec<String>,
        mut name: Option<String>,
        visibility: Visibility,
        line: usize,
        is_test: bool,
    ) {
        // `use a::b::{self, c}`
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
            if name.as_deref() == Some("self") {
                name = path.last().cloned();
            }
        }
        let module = self.module.clone();
        let name = Some(name.unwrap_or_default());
        self.syntax.uses.push(Use { module, path, name, visibility, line, is_test });
    }

    /// Reads a path of any length, and returns the index after it.
    fn path_at(&mut self, tokens: &[TokenTree], index: usize, line: usize, context: Context) -> usize {
        let mut path = vec![tokens[index].to_string()];
        let mut end = index + 1;
        while is_punct(tokens.get(end), ':') && is_punct(tokens.get(end + 1), ':') {
            let Some(segment) = ident_at(tokens, end + 2) else { break };
            path.push(segment);
            end += 3;
        }
        let is_quote = matches!(path.last().map(String::as_str), Some("quote" | "quote_spanned" | "parse_quote"))
            && is_punct(tokens.get(end), '!');
        if is_quote && let Some(TokenTree::Group(body)) = tokens.get(end + 1) {
            let inner = Context { is_body: true, is_quoted: true, is_trait_impl: false, ..context };
            self.walk(&body.stream().into_iter().collect::<Vec<_>>(), inner);
            return end + 2;
        }
        // A method or a field is found by the type of its value, not by a name in scope. `..path` is a path.
        let is_member =
            index > 0 && is_punct(tokens.get(index - 1), '.') && !(index > 1 && is_punct(tokens.get(index - 2), '.'));
        if !is_member && !context.is_quoted {
            self.path(path, line, context.is_test);
        }
        end
    }

    fn path(&mut self, path: Vec<String>, line: usize, is_test: bool) {
        if !is_test {
            self.syntax.names.insert(path[0].clone());
        }
        if path.len() > 1 {
            let module = self.module.clone();
            self.syntax.paths.push(PathUse { module, path, line, is_test });
        }
    }
}

/// Returns true for conditions that only tests meet: `test` and `all(test, …)`.
fn is_test(condition: &[TokenTree]) -> bool {
    match ident_at(condition, 0).as_deref() {
        Some("test") => true,
        Some("all") => group(condition.get(1), Delimiter::Parenthesis)
            .is_some_and(|parts| parts.split(|token| is_punct(Some(token), ',')).any(is_test)),
        _ => false,
    }
}

/// Returns the index of the token that ends the item: its body or its semicolon.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
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

fn end_of_statement(tokens: &[TokenTree], start: usize) -> usize {
    (start..tokens.len()).find(|&index| is_punct(tokens.get(index), ';')).unwrap_or(tokens.len())
}

/// Returns true unless `impl` is part of a type, such as `-> impl Iterator`.
fn is_item_start(tokens: &[TokenTree], index: usize) -> bool {
    match index.checked_sub(1).and_then(|before| tokens.get(before)) {
        None => true,
        Some(TokenTree::Group(group)) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket),
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Ident(word)) => matches!(word.to_string().as_str(), "unsafe" | "default"),
        Some(TokenTree::Literal(_)) => false,
    }
}

/// Returns the parameters of a function from the tokens after its name.
fn parameters(tokens: &[TokenTree]) -> Vec<Parameter> {
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

fn is_arrow(tokens: &[TokenTree], index: usize) -> bool {
    index > 0 && (is_punct(tokens.get(index - 1), '-') || is_punct(tokens.get(index - 1), '='))
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

fn ident_at(tokens: &[TokenTree], index: usize) -> Option<String> {
    match tokens.get(index) {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream().into_iter().collect()),
        _ => None,
    }
}

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// Returns the value of a string literal, `None` for other literals and byte strings.
fn string_value(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        return raw[hashes..].strip_prefix('"')?.strip_suffix(&format!("\"{}", "#".repeat(hashes))).map(str::to_owned);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_joined_by_item() {
        let syntax = parse("//! Tour.\n//! More.\n\n/// Returns\n/// one.\nfn one() {\n    // no doc\n}\nm! {\n    /// In a macro.\n    fn two() {}\n}")
            .unwrap();
        let docs: Vec<_> = syntax.docs.iter().map(|block| (block.line, block.text.as_str())).collect();
        assert_eq!(docs, [(1, " Tour.\n More."), (4, " Returns\n one."), (10, " In a macro.")]);
    }

    #[test]
    fn literals_know_their_attribute_and_their_escapes() {
        let syntax = parse(
            "#[error(\"bad {0}\")] struct E(#[serde(with = \"crate::time\")] u8); fn f() { g(r#\"a \"b\"\"#, \"\\u{e9}\\x41\\\n   c\", b\"x\", 'd') }",
        )
        .unwrap();
        let literals: Vec<_> = syntax.literals.iter().map(|text| (text.place, text.value.as_str())).collect();
        assert_eq!(
            literals,
            [
                (TextPlace::ErrorAttribute, "bad {0}"),
                (TextPlace::Attribute, "crate::time"),
                (TextPlace::Code, "a \"b\""),
                (TextPlace::Code, "éAc"),
            ]
        );
        assert_eq!(syntax.paths[0].path, ["crate", "time"]);
    }

    #[test]
    fn functions_have_parameters_and_contexts() {
        let syntax = parse(
            "fn f<F: Fn(bool) -> u8>(&self, mut a: bool, b: Map<u8, bool>, c: F) -> impl Iterator<Item = u8> { }
             impl Iterator for X { fn all(&mut self) { fn inner() {} } }
             impl X { fn of() {} }
             proptest! { #[test] fn law(a in any::<u8>()) {} }",
        )
        .unwrap();
        let functions: Vec<_> = syntax
            .functions
            .iter()
            .map(|found| (found.name.as_str(), found.is_trait_impl, found.is_test_case))
            .collect();
        assert_eq!(
            functions,
            [
                ("f", false, false),
                ("all", true, false),
                ("inner", false, false),
                ("of", false, false),
                ("law", false, true)
            ]
        );
        let parameters: Vec<_> =
            syntax.functions[0].parameters.iter().map(|found| (found.name.as_str(), found.kind.as_str())).collect();
        assert_eq!(parameters, [("a", "bool"), ("b", "Map<u8,bool>"), ("c", "F")]);
    }

    #[test]
    fn uses_and_paths_are_found() {
        let syntax = parse(
            "pub(crate) use crate::a::{self, b::C as D, e::*};
             mod m { use super::X; }
             fn f<'a>(x: &'a super::Y) -> Z { x.method(); Z { ..crate::Default::default() }; vec![self::V::new()] }
             quote!(::event_contract::Payload);",
        )
        .unwrap();
        let uses: Vec<_> = syntax
            .uses
            .iter()
            .map(|found| (found.module.join("::"), found.path.join("::"), found.name.as_deref()))
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            uses,
            [
                (text(""), text("crate::a"), Some("a")),
                (text(""), text("crate::a::b::C"), Some("D")),
                (text(""), text("crate::a::e"), None),
                (text("m"), text("super::X"), Some("X")),
            ]
        );
        assert_eq!(syntax.uses[0].visibility, Visibility::Restricted);
        let paths: Vec<_> = syntax.paths.iter().map(|found| found.path.join("::")).collect();
        assert_eq!(paths, ["super::Y", "crate::Default::default", "self::V::new"]);
        assert!(syntax.names.contains("Z") && !syntax.names.contains("method") && !syntax.names.contains("a"));
    }

    #[test]
    fn test_code_is_told_from_other_code() {
        let syntax = parse(
            "fn a() {}\n/// Doc.\n#[cfg(test)]\nfn b() {\n    c::d();\n}\n#[cfg(all(test, feature = \"x\"))]\nuse e::{f, g};\n#[cfg(any(test, feature = \"x\"))]\nfn h() {}\n#[cfg(test)]\nmod tests;",
        )
        .unwrap();
        assert_eq!(syntax.test_ranges, [2..=6, 7..=8, 11..=12]);
        let items: Vec<_> = syntax.items.iter().map(|item| (item.name.as_str(), item.is_test)).collect();
        assert_eq!(items, [("a", false), ("b", true), ("h", false)]);
        assert!(syntax.paths[0].is_test && syntax.uses.iter().all(|found| found.is_test));
        assert!(syntax.modules[0].is_test && !syntax.modules[0].is_inline);
    }

    #[test]
    fn items_know_their_module_and_visibility() {
        let syntax = parse(
            "pub struct A(pub u8); mod m { pub(crate) enum B {} impl B { pub const C: u8 = 1; type D = u8; } }
             #[macro_export] macro_rules! n { () => { pub struct E; } } const F: u8 = 2;",
        )
        .unwrap();
        let items: Vec<_> = syntax
            .items
            .iter()
            .map(|item| (item.module.join("::"), item.name.as_str(), item.visibility, item.is_exported_macro))
            .collect();
        let (public, private) = (Visibility::Public, Visibility::Private);
        assert_eq!(
            items,
            [
                (String::new(), "A", public, false),
                ("m".to_owned(), "B", Visibility::Restricted, false),
                (String::new(), "n", private, true),
                (String::new(), "F", private, false),
            ]
        );
    }
}
