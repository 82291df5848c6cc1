//! Types as data, and their rendering as Rust source.

use std::fmt::Write as _;

/// A type of a field.
#[derive(Debug, Clone)]
pub(crate) struct Ty {
    pub(crate) code: String,
    /// True if it implements `Default`.
    pub(crate) has_default: bool,
    /// Names for the summary: the type itself, and the wrappers around it.
    pub(crate) features: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The name in Rust, which no other field of the pair has.
    pub(crate) name: String,
    pub(crate) ty: Ty,
    /// The arguments of `#[serde(…)]`.
    pub(crate) serde: Vec<String>,
    /// The arguments of `#[schemars(…)]`.
    pub(crate) schemars: Vec<String>,
}

/// The names of a field on the wire, and its features.
pub(crate) type FieldFeatures = (Vec<String>, Vec<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Tuple,
    Unit,
}

#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) serde: Vec<String>,
    pub(crate) fields: Fields,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
}

/// A struct or an enum.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) serde: Vec<String>,
    pub(crate) body: Body,
}

/// A payload: the last of the items.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) items: Vec<Item>,
}

impl Field {
    pub(crate) fn features(&self) -> Vec<String> {
        let mut features = self.ty.features.clone();
        for argument in &self.serde {
            let word = argument.split(['=', '(', ' ']).next().unwrap_or_default();
            let is_stated = !self.schemars.is_empty();
            features.push(match word {
                "with" | "serialize_with" | "deserialize_with" => {
                    format!("{argument}{}", if is_stated { " + schemars" } else { "" })
                }
                "default" if argument.contains('=') => "default = fn".to_owned(),
                "flatten" => format!("flatten {}", self.ty.code),
                "rename" if argument.contains('(') => "rename(serialize, deserialize)".to_owned(),
                word => word.to_owned(),
            });
        }
        features
    }

    fn wire_names(&self) -> Vec<String> {
        let named =
            self.serde.iter().filter(|argument| argument.starts_with("rename") || argument.starts_with("alias"));
        let quoted = named.flat_map(|argument| argument.split('"').skip(1).step_by(2)).map(str::to_owned);
        [self.name.clone()].into_iter().chain(quoted).collect()
    }

    fn declare(&self, style: Style, visibility: &str) -> String {
        let mut text = String::new();
        if !self.serde.is_empty() {
            write!(text, "#[serde({})] ", typed(&self.serde, &self.ty.code)).unwrap();
        }
        if !self.schemars.is_empty() {
            write!(text, "#[schemars({})] ", self.schemars.join(", ")).unwrap();
        }
        match style {
            Style::Named => write!(text, "{visibility}{}: {}", self.name, self.ty.code).unwrap(),
            Style::Tuple | Style::Unit => write!(text, "{visibility}{}", self.ty.code).unwrap(),
        }
        text
    }
}

impl Fields {
    fn declare(&self, visibility: &str) -> String {
        let fields: Vec<_> = self.fields.iter().map(|field| field.declare(self.style, visibility)).collect();
        match self.style {
            Style::Named => format!(" {{ {} }}", fields.join(", ")),
            Style::Tuple => format!("({})", fields.join(", ")),
            Style::Unit => String::new(),
        }
    }

    fn draw(&self) -> String {
        match self.style {
            Style::Named => {
                let fields: Vec<_> =
                    self.fields.iter().map(|field| format!("{}: Draw::draw(rng)", field.name)).collect();
                format!(" {{ {} }}", fields.join(", "))
            }
            Style::Tuple => format!("({})", vec!["Draw::draw(rng)"; self.fields.len()].join(", ")),
            Style::Unit => String::new(),
        }
    }
}

impl Item {
    fn container_features(&self) -> Vec<String> {
        let kind = match &self.body {
            Body::Struct(fields) => format!("{:?} struct", fields.style).to_lowercase(),
            Body::Enum(_) => "enum".to_owned(),
        };
        let attributes = self.serde.iter().map(|argument| {
            let word = argument.split(['=', '(', ' ']).next().unwrap_or_default();
            let word = if word == "default" && argument.contains('=') { "default = fn" } else { word };
            let word = if word == "rename_all" && argument.contains('(') { "rename_all(…)" } else { word };
            format!("{kind}: {word}")
        });
        let mut features: Vec<_> = attributes.collect();
        if let Body::Enum(variants) = &self.body {
            let words = variants.iter().flat_map(|variant| &variant.serde);
            features
                .extend(words.map(|argument| {
                    format!("variant: {}", argument.split(['=', '(', ' ']).next().unwrap_or_default())
                }));
        }
        features.push(kind);
        features
    }

    fn all_fields(&self) -> Vec<&Field> {
        match &self.body {
            Body::Struct(fields) => fields.fields.iter().collect(),
            Body::Enum(variants) => variants.iter().flat_map(|variant| &variant.fields.fields).collect(),
        }
    }

    pub(crate) fn features(&self) -> Vec<String> {
        let mut features = self.container_features();
        features.extend(self.all_fields().into_iter().flat_map(Field::features));
        features
    }

    /// The declaration with its attributes, as a user would write it.
    fn declare(&self, is_payload: bool) -> String {
        let payload = if is_payload { ", Payload" } else { "" };
        let mut text = format!("#[derive(Serialize, Deserialize, JsonSchema{payload})]\n");
        if is_payload {
            text.push_str("#[payload(internal, name = \"Campaign\", version = 1)]\n");
        }
        if !self.serde.is_empty() {
            writeln!(text, "#[serde({})]", typed(&self.serde, &self.name)).unwrap();
        }
        let name = &self.name;
        match &self.body {
            Body::Struct(fields) => {
                let end = if fields.style == Style::Named { "" } else { ";" };
                writeln!(text, "pub struct {name}{}{end}", fields.declare("pub ")).unwrap();
            }
            Body::Enum(variants) => {
                writeln!(text, "pub enum {name} {{").unwrap();
                for variant in variants {
                    if !variant.serde.is_empty() {
                        writeln!(text, "    #[serde({})]", variant.serde.join(", ")).unwrap();
                    }
                    writeln!(text, "    {}{},", variant.name, variant.fields.declare("")).unwrap();
                }
                text.push_str("}\n");
            }
        }
        text
    }

    fn implement(&self) -> String {
        let name = &self.name;
        let drawn = match &self.body {
            Body::Struct(fields) => format!("Self{}", fields.draw()),
            Body::Enum(variants) => {
                let mut text = format!("match rng.index({}) {{ ", variants.len());
                for (index, variant) in variants.iter().enumerate() {
                    let index = if index + 1 == variants.len() { "_".to_owned() } else { index.to_string() };
                    write!(text, "{index} => Self::{}{}, ", variant.name, variant.fields.draw()).unwrap();
                }
                text + "}"
            }
        };
        format!(
            "impl Draw for {name} {{ fn draw(rng: &mut Rng) -> Self {{ {drawn} }} }}\n\
             impl Default for {name} {{ fn default() -> Self {{ fallback() }} }}\n"
        )
    }
}

impl Spec {
    pub(crate) fn declare(&self) -> String {
        let payload = self.items.len() - 1;
        self.items.iter().enumerate().map(|(index, item)| item.declare(index == payload)).collect()
    }

    pub(crate) fn implement(&self) -> String {
        self.items.iter().map(Item::implement).collect()
    }

    /// The features of the payload, and for each of its fields the names on the wire and the features, also of all items inside.
    pub(crate) fn features(&self) -> (Vec<String>, Vec<FieldFeatures>) {
        let Some((payload, items)) = self.items.split_last() else { return (Vec::new(), Vec::new()) };
        let fields = payload.all_fields().into_iter().map(|field| {
            let mut features = field.features();
            let mut known: Vec<&str> = Vec::new();
            let mut codes = vec![field.ty.code.as_str()];
            while let Some(code) = codes.pop() {
                for item in items {
                    if !known.contains(&item.name.as_str()) && mentions(code, &item.name) {
                        known.push(&item.name);
                        features.extend(item.features());
                        codes.extend(item.all_fields().into_iter().map(|field| field.ty.code.as_str()));
                    }
                }
            }
            (field.wire_names(), features)
        });
        (payload.container_features(), fields.collect())
    }
}

fn mentions(code: &str, name: &str) -> bool {
    code.split(|character: char| !character.is_alphanumeric()).any(|word| word == name)
}

/// The arguments, with the type of the default where schemars could not infer it.
fn typed(serde: &[String], code: &str) -> String {
    serde.join(", ").replace("\"fallback\"", &format!("\"fallback::<{code}>\""))
}
