//! The dialects, and their properties that concern the whole document.

/// A dialect of JSON Schema, ordered by expressiveness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::registry) enum Dialect {
    /// The Schema Object of `OpenAPI` 3.0.
    OpenApi30,
    Draft04,
    Draft07,
    Draft2019,
}

impl Dialect {
    pub(in crate::registry) fn name(self) -> &'static str {
        match self {
            Self::OpenApi30 => "OpenAPI 3.0",
            Self::Draft04 => "draft-04",
            Self::Draft07 => "draft-07",
            Self::Draft2019 => "draft 2019-09",
        }
    }

    pub(in crate::registry) fn uri(self) -> Option<&'static str> {
        match self {
            Self::OpenApi30 => None,
            Self::Draft04 => Some("http://json-schema.org/draft-04/schema#"),
            Self::Draft07 => Some("http://json-schema.org/draft-07/schema#"),
            Self::Draft2019 => Some("https://json-schema.org/draft/2019-09/schema"),
        }
    }

    pub(in crate::registry) fn definitions(self) -> &'static str {
        match self {
            // A document of OpenAPI has them among its components instead.
            Self::OpenApi30 | Self::Draft04 | Self::Draft07 => "definitions",
            Self::Draft2019 => "$defs",
        }
    }

    /// Returns false if a `format` of draft 2020-12 is unknown to validators of the dialect. Other formats have no meaning in
    /// draft 2020-12.
    pub(in crate::registry) fn knows_format(self, format: &str) -> bool {
        match format {
            "email" | "hostname" | "ipv4" | "ipv6" | "uri" => self >= Self::Draft04,
            "date" => self != Self::Draft04,
            "time"
            | "idn-email"
            | "idn-hostname"
            | "uri-reference"
            | "iri"
            | "iri-reference"
            | "uri-template"
            | "json-pointer"
            | "relative-json-pointer"
            | "regex" => self >= Self::Draft07,
            "duration" | "uuid" => self >= Self::Draft2019,
            // `date-time`, and formats that no draft defines.
            _ => true,
        }
    }
}
