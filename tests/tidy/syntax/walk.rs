//! The walk over the tokens of a file.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::token::{
    end_of_item, end_of_statement, group, ident_at, is_item_start, is_name, is_punct, is_test, line_of, parameters,
    string_value,
};
use super::{DocBlock, Function, Item, Module, PathUse, Syntax, Text, TextPlace, Use, Visibility};

/// Collects the facts of a file.
pub(super) fn walk(tokens: &[TokenTree]) -> Syntax {
    let mut walker = Walker::default();
    walker.walk(tokens, Context::default());
    walker.syntax
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
