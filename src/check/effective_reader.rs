//! The schema by which a reader reads the events of a writer, where the contract requires that it can.

use serde_json::Value;

use super::axis::{Program, Reader, Writer, label};
use super::consumer::Consumer;
use super::format_reading::FormatReading;
use super::history::{CheckedType, SchemaHistory, is_equivalent};
use super::input::{InputKind, InputOrigin};
use super::report::Revision;
use super::settings::Settings;
use crate::catalog::program::PayloadProgram;
use crate::compat::{Role, exact};
use crate::lifecycle::Stage;
use crate::name::Version;
use crate::side::SideKind;

/// The schema by which a reader reads one version: its own, or that of an older type that it upcasts.
pub(super) struct EffectiveReader {
    /// The label in findings.
    pub(super) label: String,
    pub(super) kind: ReaderKind,
    pub(super) schema: Value,
    /// The schema with every digit, if it has a number that the other one cannot hold.
    pub(super) exact: Option<exact::ExactValue>,
    /// The file of the schema; none if the schema is not published.
    pub(super) file: Option<String>,
    pub(super) formats: FormatReading,
    pub(super) is_upcast: bool,
    /// The code that reads; none for published code that has changed, and for a consumer without a Rust type.
    pub(super) code: Option<ReaderCode>,
}

/// The code of a reader.
#[derive(Debug, Clone, Copy)]
pub(super) enum ReaderCode {
    Version(Version),
    Consumer(PayloadProgram),
}

/// The kind of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReaderKind {
    /// A version of the type itself.
    Version,
    /// A consumer, as the head states it.
    Consumer,
    /// A consumer with a statement that the head removes or changes.
    BaseConsumer,
}

impl ReaderKind {
    pub(super) const fn is_consumer(self) -> bool {
        match self {
            Self::Version => false,
            Self::Consumer | Self::BaseConsumer => true,
        }
    }

    /// Returns the input that has the file of the schema.
    pub(super) const fn input(self) -> InputKind {
        match self {
            Self::Version => InputKind::Record,
            Self::Consumer | Self::BaseConsumer => InputKind::Consumers,
        }
    }
}

/// The type whose readers are chosen.
pub(super) struct ReaderContext<'a> {
    pub(super) settings: &'a Settings,
    pub(super) checked: &'a CheckedType<'a>,
    pub(super) history: &'a SchemaHistory,
}

impl ReaderContext<'_> {
    /// Returns the schema by which a reader reads the events of a writer; `None` where the contract does not require that it
    /// can.
    pub(super) fn effective_reader(&self, writer: &Writer, reader: &Reader<'_>) -> Option<EffectiveReader> {
        match reader.program {
            Program::Version(version) => self.reader_of_version(writer, reader, version),
            Program::Consumer(consumer) => self.reader_of_consumer(writer, consumer),
        }
    }

    fn reader_of_consumer(&self, writer: &Writer, consumer: &Consumer) -> Option<EffectiveReader> {
        if writer.row.stage == Stage::Sunset {
            return None;
        }
        let (file, schema) = consumer.schema(self.checked.name, writer.version)?;
        // As the consumer declares it, or else as the settings have it for all.
        let formats = match FormatReading::declared_by(schema.value()) {
            FormatReading::Either if self.settings.assert_formats => FormatReading::Asserted,
            reading => reading,
        };
        Some(EffectiveReader {
            label: consumer.label(),
            kind: match consumer.origin() {
                InputOrigin::Head => ReaderKind::Consumer,
                InputOrigin::Base => ReaderKind::BaseConsumer,
            },
            schema: schema.value().clone(),
            exact: schema.exact().cloned(),
            file: Some(file),
            formats,
            is_upcast: false,
            code: consumer.code(self.checked.name, writer.version).map(ReaderCode::Consumer),
        })
    }

    fn reader_of_version(&self, writer: &Writer, reader: &Reader<'_>, version: Version) -> Option<EffectiveReader> {
        let (row, written, column) = (&writer.row, writer.version, &reader.column);
        let is_newer = written > version
            || (written == version && row.revision == Revision::Present && column.revision == Revision::Published);
        // Others may read an external event with an older version until that version's sunset.
        let is_forward_required = self.checked.side == SideKind::External && row.stage != Stage::Sunset;
        if column.stage == Stage::Sunset && written != version || is_newer && !is_forward_required {
            return None;
        }
        let of_type = |label: String, schema: Value, of_version: Version, revision: Revision| EffectiveReader {
            label,
            kind: ReaderKind::Version,
            schema,
            exact: None,
            file: (revision != Revision::Present).then(|| self.checked.schema_file(of_version, Role::Reader)),
            formats: FormatReading::Asserted,
            is_upcast: of_version != version,
            code: (revision != Revision::Published).then_some(ReaderCode::Version(of_version)),
        };
        if written >= version {
            return Some(of_type(column.label.clone(), column.schema.clone(), version, column.revision));
        }
        // The older type that the reader upcasts from: as it was published with it, or as the code has it.
        let SchemaHistory { published, present } = self.history;
        let older = match column.revision {
            Revision::Published => published.readers.get(&written).or_else(|| present.readers.get(&written)),
            Revision::Unchanged | Revision::Present | Revision::Consumer => present.readers.get(&written),
        };
        let schema = older?.clone();
        let has_changed = published.readers.get(&written).is_some_and(|published| !is_equivalent(published, &schema));
        let revision = if has_changed { Revision::Present } else { Revision::Unchanged };
        Some(of_type(label(written, revision, &published.readers), schema, written, revision))
    }
}
