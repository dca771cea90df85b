//! Reading and changing a mailbox.

use crate::support::{PATIENCE, python, with_mails};

#[test]
fn imaplib_walks_through_every_command() {
    let simulator = with_mails(5);
    assert_eq!(
        python(&simulator, include_str!("clients/imap_tour.py")),
        "done\n"
    );
    assert!(simulator.wait(PATIENCE, || simulator.connections() == 0));
}
