//! Content of external payloads and value types: the types that serde writes, and their checks.
//!
//! A derive sees tokens, not types: an alias, a macro or an associated type is known only when the output is compiled. So
//! the output has a bound, `Shareable`, for each type, and the compiler checks it after name resolution.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Generics, Ident, PathArguments, Result, Type,
    TypePath, parse_quote,
};

use crate::serde_attr;
use crate::span::ends;

/// Keys of serde under which a field or a variant is not written.
const SKIPPED: [&str; 2] = ["skip", "skip_serializing"];

const FIELD_KEY: &str = "expected `#[payload(unchecked)]`: the type of the field is not checked";

/// The types of which a value consists when it is written. The types of fields that are not checked are left out.
pub(crate) struct Content {
    types: Vec<Type>,
}

impl Content {
    /// Collects the types, and refuses `#[serde(flatten)]`. `subject` names what is derived, with its article.
    pub(crate) fn new(input: &DeriveInput, subject: &str) -> Result<Self> {
        let mut types = Vec::new();
        for field in written_fields(&input.data) {
            if is_unchecked(field)? {
                continue;
            }
            if let Some(flatten) = serde_attr::find(&field.attrs, &["flatten"]) {
                return Err(Error::new(
                    flatten.span(),
                    format!(
                        "`flatten` in {subject} would also share fields that are added later\n\
                         list the shared fields here, or mark the field `#[payload(unchecked)]`"
                    ),
                ));
            }
            types.push(field.ty.clone());
        }
        // The other type is written in place of all fields. Serde reports a string that is not a type.
        if let Some(into) = serde_attr::value(&input.attrs, "into")
            && let Ok(into) = into.parse::<Type>()
        {
            types = vec![into];
        }
        Ok(Self { types })
    }

    /// Implements `Shareable`, with the checks of the types.
    ///
    /// The check has the span of the first token of the type and its parentheses that of the last: rustc reports a missing
    /// bound at the type as the user wrote it.
    pub(crate) fn expand(&self, ident: &Ident, generics: &Generics) -> TokenStream {
        let generics = self.bounded(ident, generics);
        let (parameters, arguments, bounds) = generics.split_for_impl();
        let checks = self.types.iter().map(|content| {
            let (first, last) = ends(content);
            let check = quote_spanned!(first=> ::event_contract::__private::check_shareable::<#content>);
            quote_spanned!(last=> #check();)
        });
        let checks = (!self.types.is_empty()).then(|| {
            quote! {
                #[allow(deprecated)]
                fn check_fields() {
                    #(#checks)*
                }
            }
        });
        // In the context of the type, not of the derive: the compiler would advise the user to implement it by hand.
        quote_spanned! {ident.span()=>
            #[automatically_derived]
            impl #parameters ::event_contract::Shareable for #ident #arguments #bounds {
                #checks
            }
        }
    }

    /// Requires `Shareable` of the type parameters in the types, and of the associated types that are named through one.
    fn bounded(&self, ident: &Ident, generics: &Generics) -> Generics {
        let mut generics = generics.clone();
        let parameters = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
        let mut collector = BoundCollector { ident, parameters, bounded: Vec::new() };
        self.types.iter().for_each(|content| collector.visit(content));
        if !collector.bounded.is_empty() {
            let clause = generics.make_where_clause();
            for part in collector.bounded {
                clause.predicates.push(parse_quote!(#part: ::event_contract::Shareable));
            }
        }
        generics
    }
}

/// Implements `Shareable` without checks, beside an error: otherwise every use of the type would be another error.
pub(crate) fn fallback(ident: &Ident, generics: &Generics) -> TokenStream {
    Content { types: Vec::new() }.expand(ident, generics)
}

/// Refuses attributes of fields in a payload whose fields are not checked.
pub(crate) fn refuse_field_attributes(input: &DeriveInput) -> Result<()> {
    for attribute in fields(&input.data).flat_map(|field| &field.attrs) {
        if attribute.path().is_ident("payload") {
            return Err(Error::new_spanned(
                attribute,
                "`#[payload(…)]` has no effect on a field here: the fields of an internal payload are not checked",
            ));
        }
    }
    Ok(())
}

/// Iterates over the fields of a struct, or of all variants of an enum.
pub(crate) fn fields(data: &Data) -> Box<dyn Iterator<Item = &Field> + '_> {
    match data {
        Data::Struct(data) => Box::new(data.fields.iter()),
        Data::Enum(data) => Box::new(data.variants.iter().flat_map(|variant| &variant.fields)),
        Data::Union(_) => Box::new(std::iter::empty()),
    }
}

/// Returns the fields that serde writes.
fn written_fields(data: &Data) -> impl Iterator<Item = &Field> {
    let is_written = |attributes: &[Attribute]| serde_attr::find(attributes, &SKIPPED).is_none();
    let groups: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => {
            data.variants.iter().filter(|variant| is_written(&variant.attrs)).map(|variant| &variant.fields).collect()
        }
        Data::Union(_) => Vec::new(),
    };
    groups.into_iter().flatten().filter(move |field| is_written(&field.attrs))
}

/// Returns true if a field has `#[payload(unchecked)]`.
fn is_unchecked(field: &Field) -> Result<bool> {
    let mut is_unchecked = false;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("payload")) {
        attribute
            .parse_nested_meta(|meta| {
                if !meta.path.is_ident("unchecked") {
                    return Err(meta.error(FIELD_KEY));
                }
                is_unchecked = true;
                Ok(())
            })
            .map_err(|error| Error::new(error.span(), FIELD_KEY))?;
    }
    Ok(is_unchecked)
}

/// Collects the type parameters in types, and the associated types that are named through one: `T` and `T::Item`.
struct BoundCollector<'a> {
    ident: &'a Ident,
    parameters: Vec<Ident>,
    bounded: Vec<Type>,
}

impl BoundCollector<'_> {
    fn visit(&mut self, content: &Type) {
        if !self.is_mentioned(content.to_token_stream()) {
            return;
        }
        match content {
            Type::Path(path) => self.visit_path(path),
            Type::Array(array) => self.visit(&array.elem),
            Type::Group(group) => self.visit(&group.elem),
            Type::Paren(paren) => self.visit(&paren.elem),
            Type::Reference(reference) => self.visit(&reference.elem),
            Type::Slice(slice) => self.visit(&slice.elem),
            Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.visit(elem)),
            // A notation that cannot be looked into, such as a macro: the bound is on the whole type.
            other => self.bounded.push(other.clone()),
        }
    }

    fn visit_path(&mut self, path: &TypePath) {
        let segments = &path.path.segments;
        let is_parameter = segments.first().is_some_and(|first| self.parameters.contains(&first.ident));
        if path.qself.is_some() || path.path.leading_colon.is_none() && is_parameter {
            self.bounded.push(Type::Path(path.clone()));
            return;
        }
        // Nothing of the argument of `PhantomData` is written, and a type within itself has the bounds of itself.
        if segments.last().is_none_or(|last| last.ident == "PhantomData" || last.ident == *self.ident) {
            return;
        }
        for segment in segments {
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { continue };
            for argument in &arguments.args {
                if let GenericArgument::Type(argument) = argument {
                    self.visit(argument);
                }
            }
        }
    }

    fn is_mentioned(&self, tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => self.is_mentioned(group.stream()),
            TokenTree::Ident(ident) => self.parameters.contains(&ident),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
}
