//! The connection cut at every byte of a sending, in both directions: what the outcome says is what the
//! recipient's mailbox holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use channels::{Connector, SendOutcome};
use testkit::servers::{Dovecot, Filter, Flow, Proxy, Smtpd};
use tokio::sync::Mutex;

use crate::support::{Account, reply, settings};

/// Cuts after so many bytes of one direction.
#[derive(Clone, Copy)]
enum Cut {
    FromServer(u64),
    FromClient(u64),
}

impl Filter for Cut {
    fn to_client(&mut self, bytes: Vec<u8>) -> Flow {
        match self {
            Self::FromServer(left) => counted(left, bytes),
            Self::FromClient(_) => Flow::Pass(bytes),
        }
    }

    fn to_server(&mut self, bytes: Vec<u8>) -> Flow {
        match self {
            Self::FromClient(left) => counted(left, bytes),
            Self::FromServer(_) => Flow::Pass(bytes),
        }
    }
}

fn counted(left: &mut u64, mut bytes: Vec<u8>) -> Flow {
    let allowed = usize::try_from(*left).unwrap_or(usize::MAX);
    if bytes.len() < allowed {
        *left -= bytes.len() as u64;
        return Flow::Pass(bytes);
    }
    bytes.truncate(allowed);
    Flow::Cut(bytes)
}

/// What passed in one direction.
type Passed = Arc<std::sync::Mutex<Vec<u8>>>;

/// Records what passes in both directions.
struct Recording(Passed, Passed);

impl Filter for Recording {
    fn to_client(&mut self, bytes: Vec<u8>) -> Flow {
        self.0.lock().unwrap().extend(&bytes);
        Flow::Pass(bytes)
    }

    fn to_server(&mut self, bytes: Vec<u8>) -> Flow {
        self.1.lock().unwrap().extend(&bytes);
        Flow::Pass(bytes)
    }
}

/// The length of what passed, and where in it the line that begins so ends.
fn measured(passed: &Passed, line: &str) -> (u64, u64) {
    let text = String::from_utf8(passed.lock().unwrap().clone()).unwrap();
    let begin = text.find(line).unwrap();
    let end = begin + text[begin..].find('\n').unwrap() + 1;
    (text.len() as u64, end as u64)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_cut_at_every_byte_tells_the_truth() {
    let dovecot = Dovecot::start();
    let smtpd = Smtpd::start(&dovecot);
    let smtp = smtpd.port();

    // Nothing listens for the sent copy, so that only the sending is measured.
    let account = |port| {
        let mut settings = settings(9, port);
        settings.sent_copy = channels::email::SentCopyRule::ByServer;
        Account::new(settings)
    };
    let (from_server, from_client) = (Passed::default(), Passed::default());
    let (down, up) = (Arc::clone(&from_server), Arc::clone(&from_client));
    let recording = Proxy::start(smtp, move || Recording(Arc::clone(&down), Arc::clone(&up))).await;
    let outcome = account(recording.port())
        .connector
        .send(&reply("measure", "Hi"))
        .await;
    assert!(matches!(outcome, SendOutcome::Sent(_)));
    let (down, go_ahead) = measured(&from_server, "354 ");
    let (up, data) = measured(&from_client, "DATA\r\n");
    let cuts: Vec<Cut> = (0..=down + 8)
        .map(Cut::FromServer)
        .chain((0..=up + 8).map(Cut::FromClient))
        .collect();

    let next = Arc::new(AtomicU64::new(0));
    let outcomes: Arc<Mutex<BTreeMap<String, SendOutcome>>> = Arc::default();
    let cuts = Arc::new(cuts);

    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (next, outcomes, cuts) = (Arc::clone(&next), Arc::clone(&outcomes), Arc::clone(&cuts));
        workers.spawn(async move {
            loop {
                let index = next.fetch_add(1, Ordering::SeqCst) as usize;
                let Some(cut) = cuts.get(index).copied() else {
                    return;
                };
                let proxy = Proxy::start(smtp, move || cut).await;
                let outgoing = reply(&format!("cut{index:05}"), "Hi");
                let outcome = account(proxy.port()).connector.send(&outgoing).await;
                outcomes.lock().await.insert(outgoing.network_id, outcome);
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker.unwrap();
    }

    let outcomes = outcomes.lock().await;
    let sent = |outcome: &SendOutcome| matches!(outcome, SendOutcome::Sent(_));
    let arrivals = || {
        let mut arrivals: BTreeMap<String, usize> = BTreeMap::new();
        for mail in dovecot.mails("sam", "INBOX") {
            *arrivals
                .entry(mime::parse(&mail).mail.message_id.value)
                .or_default() += 1;
        }
        arrivals
    };
    // All that the outcomes promise, and one more sent last: behind it nothing is on its way.
    let last = account(smtp).connector.send(&reply("last", "Hi")).await;
    assert!(sent(&last));
    let mut arrived = arrivals();
    for _ in 0..3_000 {
        let promised = |arrived: &BTreeMap<String, usize>| {
            outcomes
                .iter()
                .filter(|(_, outcome)| sent(outcome))
                .all(|(id, _)| arrived.contains_key(id))
                && arrived.contains_key("last@practice.example")
        };
        if promised(&arrived) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        arrived = arrivals();
    }
    let mut counts = [0; 3];
    for (id, outcome) in outcomes.iter() {
        let times = arrived.get(id).copied().unwrap_or_default();
        match outcome {
            SendOutcome::Sent(_) => {
                assert_eq!(times, 1, "{id} was sent");
                counts[0] += 1;
            }
            SendOutcome::Deferred { .. } | SendOutcome::Refused { .. } => {
                assert_eq!(times, 0, "{id} would be sent twice: {outcome:?}");
                counts[1] += 1;
            }
            SendOutcome::Uncertain { .. } => {
                assert!(times <= 1, "{id}");
                counts[2] += 1;
            }
        }
    }
    // All three occur, and doubt only where it belongs: once the text may have left.
    let [sent, deferred, uncertain] = counts;
    assert!(sent > 8 && deferred > 300 && uncertain > 5, "{counts:?}");
    for (index, cut) in cuts.iter().enumerate() {
        let before_text = match *cut {
            Cut::FromServer(offset) => offset < go_ahead,
            Cut::FromClient(offset) => offset <= data,
        };
        let outcome = &outcomes[&format!("cut{index:05}@practice.example")];
        assert!(
            !before_text || matches!(outcome, SendOutcome::Deferred { .. }),
            "cut {index}: {outcome:?}"
        );
    }
}
