//! The rule packs compile, and a change of a rule is seen in review.

#[test]
fn the_rules_as_listed() {
    insta::assert_snapshot!(anteroom_triage::listing());
}

#[test]
fn every_rule_names_its_source() {
    for line in anteroom_triage::listing()
        .lines()
        .filter(|l| !l.starts_with("pack "))
    {
        let parts: Vec<&str> = line.split(" · ").collect();
        assert!(
            parts.len() == 4 && parts.iter().all(|p| p.len() > 2),
            "{line}"
        );
    }
}
