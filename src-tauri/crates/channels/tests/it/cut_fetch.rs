//! The connection cut at every byte of a fetch: nothing is missed, nothing is doubled.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use channels::FetchBudget;
use testkit::servers::{Dovecot, Filter, Flow, Proxy};
use tokio::sync::Mutex;

use crate::support::{Account, FRONT, Model};

const MAILS: usize = 50;

/// Cuts the connection after so many bytes from the server, and lets none pass on later ones.
struct CutAfter(Arc<AtomicU64>);

impl Filter for CutAfter {
    fn to_client(&mut self, mut bytes: Vec<u8>) -> Flow {
        let left = usize::try_from(self.0.load(Ordering::SeqCst)).unwrap_or(usize::MAX);
        if bytes.len() < left {
            self.0.fetch_sub(bytes.len() as u64, Ordering::SeqCst);
            return Flow::Pass(bytes);
        }
        self.0.store(0, Ordering::SeqCst);
        bytes.truncate(left);
        Flow::Cut(bytes)
    }
}

/// As small as a mail can be and still be one.
fn tiny(number: usize) -> Vec<u8> {
    format!("From: s@mail.example\r\nMessage-ID: <{number}@m.example>\r\n\r\n{number}\r\n")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fetch_cut_at_every_byte_misses_and_doubles_nothing() {
    cut_everywhere(MAILS, 1).await;
}

/// In pages, cuts fall between stored batches too; the bytes of a page are those of the test before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fetch_in_pages_cut_anywhere_goes_on_from_the_last_page() {
    cut_everywhere(20, 7).await;
}

/// Fetches in pages of so many mails, cut after every `step`th byte, and goes on undisturbed.
async fn cut_everywhere(page: usize, step: u64) {
    let dovecot = Arc::new(Dovecot::start());
    for number in 1..=MAILS {
        dovecot.deliver(FRONT, "INBOX", &tiny(number));
    }
    let budget = FetchBudget {
        items: page,
        ..FetchBudget::default()
    };

    // How long the whole is, and what comes of it.
    let counting = Proxy::start(dovecot.port(), || ()).await;
    let mut whole = Model::default();
    whole
        .sync_with(&Account::reading(counting.port()), &budget)
        .await
        .unwrap();
    assert_eq!(whole.items.len(), MAILS);
    let length = counting.passed();

    // What follows a cut depends on nothing but what was stored before it, so each state is gone on
    // from once.
    let finished: Arc<Mutex<HashMap<String, Model>>> = Arc::default();
    let next = Arc::new(AtomicU64::new(0));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (dovecot, budget, whole) = (Arc::clone(&dovecot), budget.clone(), whole.clone());
        let (finished, next) = (Arc::clone(&finished), Arc::clone(&next));
        workers.spawn(async move {
            let mut noticed = 0;
            loop {
                let offset = next.fetch_add(step, Ordering::SeqCst);
                if offset > length {
                    return noticed;
                }
                let left = Arc::new(AtomicU64::new(offset));
                let cutting = move || CutAfter(Arc::clone(&left));
                let proxy = Proxy::start(dovecot.port(), cutting).await;
                let mut model = Model::default();
                let account = Account::reading(proxy.port());
                let ended = model.sync_with(&account, &budget).await;
                noticed += u64::from(ended.is_err());
                if ended.is_ok() {
                    assert_eq!(model.items, whole.items, "cut at {offset}");
                }
                let state = model.cursor.clone().unwrap_or_default().0;
                let mut known = finished.lock().await;
                let after = match known.get(&state) {
                    Some(after) => after.clone(),
                    None => {
                        let mut after = model.clone();
                        let undisturbed = Account::reading(dovecot.port());
                        after.sync_with(&undisturbed, &budget).await.unwrap();
                        known.insert(state, after.clone());
                        after
                    }
                };
                drop(known);
                let kept = model.items.iter();
                assert!(
                    kept.clone()
                        .all(|(name, kept)| after.items.get(name) == Some(kept)),
                    "cut at {offset}"
                );
                assert_eq!(after.items, whole.items, "cut at {offset}");
                let odd = (after.repeated, after.renamed, after.removed);
                assert_eq!(odd, (0, 0, 0), "cut at {offset}");
            }
        });
    }
    let mut noticed = 0;
    while let Some(worker) = workers.join_next().await {
        noticed += worker.unwrap();
    }
    // Every cut was noticed, none taken for "nothing new"; the length varies by the digits of the times
    // that Dovecot tells.
    let cuts = length / step;
    assert!(
        noticed + 64 >= cuts,
        "{noticed} of {cuts} cuts were noticed"
    );
    assert!(finished.lock().await.len() >= MAILS.div_ceil(page));
}
