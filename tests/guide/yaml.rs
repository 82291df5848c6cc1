//! YAML as a tree.

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::Result;

/// A YAML document as far as a workflow needs one: no anchors, no tags.
#[derive(Debug)]
pub(crate) enum Node {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut events = Vec::new();
        for event in Parser::new_from_str(text) {
            events.push(event.map_err(|error| error.to_string())?.0);
        }
        let mut events = events.into_iter();
        match (events.next(), events.next()) {
            (Some(Event::StreamStart), Some(Event::DocumentStart(_))) => {}
            _ => return Err("no document".to_owned()),
        }
        let node = Self::next(&mut events)?;
        match (events.next(), events.next()) {
            (Some(Event::DocumentEnd), Some(Event::StreamEnd)) => Ok(node),
            _ => Err("more than one document".to_owned()),
        }
    }

    fn next<'e>(events: &mut impl Iterator<Item = Event<'e>>) -> Result<Self> {
        match events.next() {
            Some(event) => Self::from(event, events),
            None => Err("the document ends early".to_owned()),
        }
    }

    fn from<'e>(event: Event<'e>, events: &mut impl Iterator<Item = Event<'e>>) -> Result<Self> {
        match event {
            Event::Scalar(text, style, ..) => {
                // `on: yes` and the like are read differently by different parsers.
                if style == ScalarStyle::Plain && matches!(&*text, "yes" | "no" | "off") {
                    return Err(format!("{text} without quotes"));
                }
                Ok(Self::Scalar(text.into_owned()))
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match events.next() {
                        Some(Event::SequenceEnd) => return Ok(Self::List(items)),
                        Some(event) => items.push(Self::from(event, events)?),
                        None => return Err("the list is not closed".to_owned()),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut members: Vec<(String, Self)> = Vec::new();
                loop {
                    let key = match events.next() {
                        Some(Event::MappingEnd) => return Ok(Self::Map(members)),
                        Some(event) => Self::from(event, events)?.text()?.to_owned(),
                        None => return Err("the mapping is not closed".to_owned()),
                    };
                    if members.iter().any(|(other, _)| *other == key) {
                        return Err(format!("duplicate key {key}"));
                    }
                    members.push((key, Self::next(events)?));
                }
            }
            other => Err(format!("{other:?} is not expected in a workflow")),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Self> {
        let found = self.map()?.iter().find(|(key, _)| key == name);
        found.map(|(_, node)| node).ok_or_else(|| format!("`{name}` is missing"))
    }

    pub(crate) fn map(&self) -> Result<&[(String, Self)]> {
        match self {
            Self::Map(members) => Ok(members),
            Self::Scalar(_) | Self::List(_) => Err(format!("expected a mapping, found {self:?}")),
        }
    }

    pub(crate) fn list(&self) -> Result<&[Self]> {
        match self {
            Self::List(items) => Ok(items),
            Self::Scalar(_) | Self::Map(_) => Err(format!("expected a list, found {self:?}")),
        }
    }

    pub(crate) fn text(&self) -> Result<&str> {
        match self {
            Self::Scalar(text) => Ok(text),
            Self::List(_) | Self::Map(_) => Err(format!("expected a scalar, found {self:?}")),
        }
    }
}
