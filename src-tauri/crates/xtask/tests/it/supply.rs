//! Licences and sources of everything that comes in from elsewhere, by the lists of `deny.toml`.
//!
//! `cargo deny` checks more (advisories above all) and is run where it is installed. These
//! two shall not depend on whether it is.

use std::collections::BTreeSet;
use std::fs;

use crate::{metadata, root};

fn list(path: &[&str]) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("deny.toml")).unwrap();
    let document: toml::Value = toml::from_str(&text).unwrap();
    let value = path.iter().fold(&document, |value, key| &value[*key]);
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_crate_comes_from_crates_io() {
    let allowed = list(&["sources", "allow-registry"]);
    for package in &metadata().packages {
        let Some(source) = &package.source else {
            continue;
        };
        let registry = source.repr.trim_start_matches("registry+");
        assert!(
            allowed.contains(registry),
            "{} comes from {source}",
            package.name
        );
    }
}

#[test]
fn every_licence_is_one_we_accept() {
    let allowed = list(&["licenses", "allow"]);
    for package in &metadata().packages {
        let expression = package.license.as_deref().unwrap_or("none stated");
        assert!(
            Expression::new(expression).met_by(&allowed),
            "{} {} is licensed under {expression}",
            package.name,
            package.version
        );
    }
}

#[test]
fn licence_expressions_are_read_as_meant() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]
        .map(str::to_owned)
        .into();
    let met = |expression: &str| Expression::new(expression).met_by(&allowed);
    assert!(met("MIT") && met("GPL-2.0-only OR MIT") && met("MIT/GPL-2.0-only"));
    assert!(met("(GPL-2.0-only OR MIT) AND ISC") && met("Apache-2.0 WITH LLVM-exception"));
    assert!(!met("GPL-2.0-only") && !met("MIT AND GPL-2.0-only") && !met("Apache-2.0"));
    assert!(!met("GPL-2.0-only OR MIT AND GPL-3.0-only") && !met("none stated"));
}

/// An SPDX licence expression, read from left to right; AND binds closer than OR, and the slash of
/// old manifests means OR.
struct Expression {
    tokens: std::vec::IntoIter<String>,
    next: Option<String>,
}

impl Expression {
    fn new(text: &str) -> Self {
        let spaced = text
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace('/', " OR ");
        let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
        let mut tokens = words.into_iter();
        let next = tokens.next();
        Self { tokens, next }
    }

    fn met_by(mut self, allowed: &BTreeSet<String>) -> bool {
        let met = self.either(allowed);
        met && self.next.is_none()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.next.as_deref() == Some(expected);
        if found {
            self.next = self.tokens.next();
        }
        found
    }

    fn either(&mut self, allowed: &BTreeSet<String>) -> bool {
        let mut met = self.both(allowed);
        while self.take("OR") {
            met |= self.both(allowed);
        }
        met
    }

    fn both(&mut self, allowed: &BTreeSet<String>) -> bool {
        let mut met = self.single(allowed);
        while self.take("AND") {
            met &= self.single(allowed);
        }
        met
    }

    fn single(&mut self, allowed: &BTreeSet<String>) -> bool {
        if self.take("(") {
            let met = self.either(allowed);
            return self.take(")") && met;
        }
        let Some(mut licence) = self.next.take() else {
            return false;
        };
        self.next = self.tokens.next();
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.next.take().unwrap_or_default());
            self.next = self.tokens.next();
        }
        allowed.contains(&licence)
    }
}
