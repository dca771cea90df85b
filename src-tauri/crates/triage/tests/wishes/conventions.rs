//! Every example of the conventions for appointments.

use crate::notation::{differences, table};

#[test]
fn every_example_of_the_conventions_reads_as_written() {
    let cases = table(include_str!("conventions.txt"));
    assert!(cases.len() >= 190, "the table is complete");
    let wrong: Vec<String> = cases.iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
