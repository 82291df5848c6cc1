//! Lists the public API of the libraries and compares it with the files `listing/CRATE.txt` in this folder.
//!
//! ```text
//! cargo run --manifest-path tests/public_api/Cargo.toml            # compare; exit code 1 with the difference
//! cargo run --manifest-path tests/public_api/Cargo.toml -- write   # write the listings anew
//! ```
//!
//! The listing covers all features, items marked `#[doc(hidden)]` included. It also counts the types, and the functions
//! that are not methods of a trait: the limits are ratchets, which may only fall. The name of each must occur in an
//! example: in the code of a doc comment, of the guide or the README, in `examples/`, or in a test.
//!
//! The example contract (`event_contract::contract`) has payloads, not API: its types have a limit of their own.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// Path of the example contract.
const CONTRACT: &str = "event_contract::contract::";

/// Maximum number of types of the example contract.
const MAX_CONTRACT_TYPES: usize = 35;

/// A library with the maximum numbers of its public types and functions, which may only fall.
struct Library {
    name: &'static str,
    max_types: usize,
    max_functions: usize,
}

const LIBRARIES: [Library; 5] = [
    library("event-contract", 150, 320),
    library("eventbridge-pattern", 20, 49),
    library("json-document", 14, 51),
    library("json-schema-containment", 11, 12),
    library("json-schema-core", 20, 17),
];

const fn library(name: &'static str, max_types: usize, max_functions: usize) -> Library {
    Library { name, max_types, max_functions }
}

fn main() -> ExitCode {
    let write = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [word] if word == "write" => true,
        _ => {
            eprintln!("usage: event-contract-public-api [write]");
            return ExitCode::from(2);
        }
    };
    match run(write) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(problems) => {
            eprintln!("{problems} problems: the argument `write` accepts a changed API");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(write: bool) -> Result<usize, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("../..").canonicalize()?;
    let examples = Examples::read(&root)?;
    let mut problems = 0;
    for library in &LIBRARIES {
        let api = Api::of_library(&root, library.name)?;
        let (of_contract, types): (Vec<_>, Vec<_>) = api.types.iter().partition(|path| path.starts_with(CONTRACT));
        println!(
            "{}: {} types, {} functions, and {} types of the example contract",
            library.name,
            types.len(),
            api.functions.len(),
            of_contract.len()
        );
        for (kind, found, most) in [
            ("types", types.len(), library.max_types),
            ("types of the example contract", of_contract.len(), MAX_CONTRACT_TYPES),
            ("functions", api.functions.len(), library.max_functions),
        ] {
            if found > most {
                problems += 1;
                eprintln!("{}: {found} public {kind}, expected at most {most}", library.name);
            }
        }
        let without_example: Vec<_> =
            api.types.iter().chain(&api.functions).filter(|path| !examples.use_item(path)).collect();
        if !without_example.is_empty() {
            problems += 1;
            eprintln!("{}: {} public items are in no example:", library.name, without_example.len());
            without_example.iter().for_each(|path| eprintln!("  {path}"));
        }
        let file = here.join("listing").join(library.name).with_extension("txt");
        let listing = api.lines.join("\n") + "\n";
        if write {
            fs::create_dir_all(here.join("listing"))?;
            fs::write(&file, listing)?;
            continue;
        }
        let listed = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let (now, before): (BTreeSet<_>, BTreeSet<_>) = (listing.lines().collect(), listed.lines().collect());
        for line in before.difference(&now) {
            problems += 1;
            eprintln!("- {line}");
        }
        for line in now.difference(&before) {
            problems += 1;
            eprintln!("+ {line}");
        }
    }
    Ok(problems)
}

/// The public items of one library.
struct Api {
    lines: Vec<String>,
    types: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Api {
    fn of_library(root: &Path, library: &str) -> Result<Self, Box<dyn Error>> {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        // The JSON of rustdoc is unstable: the variable admits it on a stable toolchain.
        let mut rustdoc = Command::new("cargo");
        rustdoc.current_dir(root).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target);
        rustdoc.args(["rustdoc", "--quiet", "--lib", "--all-features", "--locked", "--package", library]);
        rustdoc.args([
            "--",
            "-Zunstable-options",
            "--output-format",
            "json",
            "--document-hidden-items",
            "--cap-lints",
            "allow",
        ]);
        if !rustdoc.status()?.success() {
            return Err(format!("rustdoc failed for {library}").into());
        }
        let json = target.join("doc").join(library.replace('-', "_")).with_extension("json");
        let api = public_api::Builder::from_rustdoc_json(json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build()?;
        let lines: Vec<String> = api.items().map(ToString::to_string).collect();
        let (mut types, mut functions) = (BTreeSet::new(), BTreeSet::new());
        // Items of an impl follow its line. Items that a foreign trait requires are not counted.
        let mut in_trait_impl = false;
        for line in &lines {
            let path = |kind: &str| {
                let path = line.split_once(kind)?.1;
                path.split(|char: char| !(char.is_alphanumeric() || char == '_' || char == ':')).next()
            };
            if line.starts_with("impl") {
                in_trait_impl = line.contains(" for ");
            } else if let Some(path) =
                ["pub struct ", "pub enum ", "pub trait ", "pub union "].iter().find_map(|kind| path(kind))
            {
                in_trait_impl = false;
                types.insert(path.trim_end_matches(':').to_owned());
            } else if let (Some(path), false) = (path(" fn "), in_trait_impl) {
                functions.insert(path.trim_end_matches(':').to_owned());
            }
        }
        Ok(Self { lines, types, functions })
    }
}

/// The words of all code that shows how the libraries are used.
struct Examples(BTreeSet<String>);

impl Examples {
    fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let mut words = BTreeSet::new();
        for folder in ["src", "crates", "derive", "docs", "README.md", "examples", "benches", "tests"] {
            visit(&root.join(folder), &mut |path, text| {
                let is_test =
                    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "benches");
                let is_example = path.components().any(|part| part.as_os_str() == "examples");
                let is_markdown = path.extension().is_some_and(|extension| extension == "md");
                let mut in_fence = false;
                for line in text.lines() {
                    let doc = line.trim_start();
                    let doc = doc.strip_prefix("///").or_else(|| doc.strip_prefix("//!"));
                    let code = match doc {
                        _ if is_test || is_example => Some(line),
                        _ if is_markdown => Some(line),
                        doc => doc,
                    };
                    let Some(code) = code else {
                        in_fence = false;
                        continue;
                    };
                    if code.trim_start().starts_with("```") {
                        in_fence = !in_fence;
                    } else if in_fence || is_test || is_example {
                        let split = code.split(|char: char| !(char.is_alphanumeric() || char == '_'));
                        words.extend(split.filter(|word| !word.is_empty()).map(str::to_owned));
                    }
                }
            })?;
        }
        Ok(Self(words))
    }

    fn use_item(&self, path: &str) -> bool {
        self.0.contains(path.rsplit("::").next().unwrap_or(path))
    }
}

fn visit(path: &Path, see: &mut impl FnMut(&Path, &str)) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            if !["target", "node_modules", "venv", "public_api"].iter().any(|skipped| path.ends_with(skipped)) {
                visit(&path, see)?;
            }
        }
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
        see(path, &fs::read_to_string(path)?);
    }
    Ok(())
}
