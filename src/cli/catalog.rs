//! `catalog`: the types of the contract.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use serde_json::Value;

use super::exit::{Exit, Failure};
use super::{output, table};
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::side::SideKind;

/// List the types of the contract with versions, sides, owners and fields, or as a diagram.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract catalog
  event-contract catalog --mermaid > contract.mmd")]
pub(super) struct Show {
    /// Print a Mermaid flow chart of the types and the gateways between them
    #[arg(long)]
    mermaid: bool,
}

impl Show {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let mut out = output::stdout(output::Syntax::Text);
        if self.mermaid { mermaid(&mut out, catalog) } else { list(&mut out, catalog) }?;
        Ok(Exit::Success)
    }
}

/// Writes a line for each type, and one with the fields of its newest version; `?` marks optional fields.
fn list(out: &mut impl Write, catalog: &Catalog) -> io::Result<()> {
    let rows: Vec<_> = catalog.types().iter().map(row).collect();
    let heading = ["TYPE", "VERSIONS", "SIDE", "OWNER"];
    table::write(out, heading, &rows, |out, index| writeln!(out, "  {}", fields(&catalog.types()[index])))
}

fn row(of: &CatalogType) -> [String; 4] {
    let versions: Vec<_> = of.versions().iter().map(|version| version.version().to_string()).collect();
    [of.name().to_string(), versions.join(" "), of.side().to_string(), of.owner().to_string()]
}

/// Returns the fields of the newest version.
fn fields(of: &CatalogType) -> String {
    let schema = of.versions().last().map(CatalogVersion::writer_schema);
    let value = schema.as_ref().map_or(&Value::Null, |schema| schema.as_value());
    let required: Vec<_> = value["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = value["properties"].as_object() else {
        let forms = [&value["oneOf"], &value["anyOf"]].into_iter().find_map(Value::as_array);
        return match forms {
            Some(forms) => format!("one of {} forms", forms.len()),
            None => value["type"].as_str().unwrap_or("any JSON").to_owned(),
        };
    };
    let names: Vec<_> = properties
        .iter()
        .map(|(name, _)| if required.contains(&name.as_str()) { name.clone() } else { format!("{name}?") })
        .collect();
    names.join(" ")
}

/// Writes a box for each subsystem with its types, external ones rounded, and an arrow for each transform.
fn mermaid(out: &mut impl Write, catalog: &Catalog) -> io::Result<()> {
    let mut owners: BTreeMap<&str, Vec<(usize, &CatalogType)>> = BTreeMap::new();
    for (index, of) in catalog.types().iter().enumerate() {
        owners.entry(of.owner().as_str()).or_default().push((index, of));
    }
    writeln!(out, "flowchart LR")?;
    for (number, (owner, types)) in owners.iter().enumerate() {
        writeln!(out, "    subgraph s{number}[\"{owner}\"]")?;
        for (index, of) in types {
            let newest = of.versions().last().map(|version| version.version().to_string()).unwrap_or_default();
            let (open, close) = match of.side() {
                SideKind::Internal => ("[\"", "\"]"),
                SideKind::External => ("([\"", "\"])"),
            };
            writeln!(out, "        t{index}{open}{} {newest}{close}", of.name())?;
        }
        writeln!(out, "    end")?;
    }
    let index_of = |name: &str| catalog.types().iter().position(|of| of.name() == name);
    for mapping in catalog.mappings() {
        // Types that are not in the catalog are not drawn.
        if let (Some(from), Some(to)) = (index_of(mapping.from.as_str()), index_of(mapping.to.as_str())) {
            let way = match mapping.side {
                SideKind::External => "egress",
                SideKind::Internal => "ingress",
            };
            writeln!(out, "    t{from} -- {way} --> t{to}")?;
        }
    }
    Ok(())
}
