//! The TypeScript of the command table, so that the window cannot misspell a command or misread an
//! answer. `cargo xtask bindings` writes it; a test fails when the written file is stale.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

use crate::table::{self, CacheTag, TABLE};

/// The whole file.
pub fn typescript() -> String {
    let mut collector = Collector {
        config: Config::default(),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    table::visit_types(&mut collector);
    collector.visit::<domain::views::Event>();
    collector.visit::<crate::error::CommandError>();
    collector.visit::<CacheTag>();

    let mut out =
        String::from("// Made by `cargo xtask bindings` from the command table. Do not edit.\n\n");
    for declaration in collector.declarations.values() {
        out.push_str("export ");
        out.push_str(declaration);
        out.push_str("\n\n");
    }
    out.push_str(&table::typescript(&collector.config));
    out.push_str("\nexport type CommandName = keyof Commands;\n");
    out.push_str("\nexport const cacheTags: Record<CommandName, { provides: CacheTag[]; stales: CacheTag[] }> = {\n");
    for entry in TABLE {
        out.push_str(&format!(
            "  {}: {{ provides: [{}], stales: [{}] }},\n",
            entry.name,
            words(entry.provides),
            words(entry.stales)
        ));
    }
    out.push_str("};\n");
    out
}

fn words(tags: &[CacheTag]) -> String {
    tags.iter()
        .filter_map(|tag| serde_json::to_string(tag).ok())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Gathers the declaration of every type that is reachable from the table, once, by name.
struct Collector {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            self.declarations
                .insert(T::ident(&self.config), T::decl(&self.config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_written_bindings_are_not_stale() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../ui/src/generated/desk.ts"
        );
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == super::typescript(),
            "ui/src/generated/desk.ts is stale: run `cargo run -p anteroom-xtask -- bindings`"
        );
    }
}
