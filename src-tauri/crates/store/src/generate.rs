//! Large practices for measurements: mail that is shaped like a practice's, made from a seed.
//!
//! Everything goes through [`Store::ingest`] and [`Store::commit`], so that what is measured on the
//! result is what the product would have made of real mail. Words follow Zipf's law over some
//! 80,000 of them, texts have 600 bytes on average and anything from one word to several pages,
//! conversations have ten messages on average, and one has ten thousand. Everybody is invented.

mod mail;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use domain::views::DraftKind;
use domain::{
    AccountId, Actor, Acuity, Change, ConversationId, ConversationState, MessageId, NoteText,
    Origin, Pool, PoolId, Role, StaffId, StaffMember, Tag, TagColour, TagId, TestClock, Timestamp,
    View, ViewId, Visibility,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::{Arrival, DatabaseKey, IngestMode, NewDraft, Store, StoreError};
pub use mail::Mails;
pub use words::Words;

/// The first instant of the generated mail: 2023-01-02 08:00 UTC.
pub const BEGIN: Timestamp = Timestamp::from_millis(1_672_646_400_000);
/// The instant after the last: three years later. It is "now" for whoever opens the result.
pub const END: Timestamp = Timestamp::from_millis(BEGIN.millis() + 3 * 365 * 86_400_000);

/// Messages of one transaction.
pub const BATCH: usize = 10_000;

/// Names of the generated tags; the first is on every fifth conversation, the last on a handful.
pub const TAGS: [&str; 8] = [
    "appointment",
    "prescription",
    "results",
    "referral",
    "billing",
    "certificate",
    "vaccination",
    "rarely",
];

const POOLS: [&str; 4] = ["Reception", "Phone room", "Laboratory", "Billing"];

const VIEWS: [(&str, &str); 4] = [
    ("To read", "is:open is:unread"),
    ("Prescriptions", "tag:prescription is:open"),
    ("My flags", "is:mine is:flagged"),
    ("Nobody's refills", "is:unassigned refill"),
];

/// How much is to be made, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Messages in all.
    pub messages: usize,
    /// Conversations that they fall into.
    pub conversations: usize,
    /// People who write.
    pub contacts: usize,
    /// The same seed makes the same mail.
    pub seed: u64,
}

impl Recipe {
    /// The usual shape for so many messages: ten to a conversation, two hundred to a person.
    pub fn of(messages: usize) -> Self {
        Self {
            messages,
            conversations: (messages / 10).max(1),
            contacts: (messages / 200).clamp(20, 20_000),
            seed: 1,
        }
    }
}

/// What was made, and how long storing it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Made {
    /// Messages stored.
    pub messages: u64,
    /// Bytes of their texts and subjects.
    pub text_bytes: u64,
    /// Seconds inside [`Store::ingest`].
    pub ingest_seconds: f64,
    /// Seconds of staff's work on the result: tags, states, notes, drafts.
    pub work_seconds: f64,
}

/// Somebody who watches the batches as they pass, such as a floor that stores the same texts plainly.
pub trait Watch {
    /// Called with each batch before it is stored.
    fn batch(&mut self, arrivals: &[Arrival]);
    /// Called after each batch, with what was made so far.
    fn stored(&mut self, made: &Made);
}

/// Makes a practice in an empty folder. It is left closed; open it with a clock at [`END`].
pub fn practice(
    folder: &Path,
    key: &DatabaseKey,
    recipe: Recipe,
    watch: &mut dyn Watch,
) -> Result<Made, StoreError> {
    let clock = Arc::new(TestClock::at(BEGIN));
    let store = Store::create(folder, key, clock.clone())?;
    let house = House::set_up(&store)?;
    let mut made = Made::default();
    let mut conversations = Vec::new();
    let mut mails = Mails::new(recipe);
    // Of the last tenth some waits for somebody; all older mail is finished.
    let span = END.millis() - BEGIN.millis();
    let mode = IngestMode::CatchUp {
        open_since: END.plus_millis(-span / 10),
    };
    loop {
        let batch: Vec<Arrival> = mails.by_ref().take(BATCH).collect();
        let Some(last) = batch.last() else { break };
        clock.set(last.item.received_at);
        made.text_bytes += batch
            .iter()
            .map(|arrival| {
                (arrival.item.text.reveal().len() + arrival.item.subject.reveal().len()) as u64
            })
            .sum::<u64>();
        watch.batch(&batch);
        let started = Instant::now();
        let ingested = store.ingest(house.account, mode, batch, Vec::new(), None, false)?;
        made.ingest_seconds += started.elapsed().as_secs_f64();
        made.messages += u64::from(ingested.stored);
        conversations.extend(
            ingested
                .items
                .iter()
                .filter(|item| item.opened)
                .map(|item| item.conversation),
        );
        watch.stored(&made);
    }
    clock.set(END);
    let started = Instant::now();
    house.work(&store, &conversations, recipe)?;
    made.work_seconds = started.elapsed().as_secs_f64();
    store.close();
    Ok(made)
}

/// Who and what there is before the first mail.
struct House {
    account: AccountId,
    staff: Vec<StaffId>,
    tags: Vec<TagId>,
    pools: Vec<PoolId>,
}

impl House {
    fn set_up(store: &Store) -> Result<Self, StoreError> {
        let account = AccountId::new(BEGIN);
        let mut changes = vec![Change::AccountSaved {
            account,
            address: mail::PRACTICE.into(),
            settings: serde_json::json!({}),
        }];
        let roles = [
            Role::Administrator,
            Role::FrontDesk,
            Role::FrontDesk,
            Role::Nurse,
            Role::Nurse,
            Role::Doctor,
        ];
        let staff: Vec<StaffId> = roles.iter().map(|_| StaffId::new(BEGIN)).collect();
        for (number, (id, role)) in (1..).zip(staff.iter().zip(roles)) {
            changes.push(Change::StaffSaved {
                staff: StaffMember {
                    id: *id,
                    name: format!("Colleague {number}"),
                    role,
                    active: true,
                },
            });
        }
        let pools: Vec<PoolId> = POOLS.iter().map(|_| PoolId::new(BEGIN)).collect();
        for (id, name) in pools.iter().zip(POOLS) {
            changes.push(Change::PoolSaved {
                pool: Pool {
                    id: *id,
                    name: name.to_owned(),
                },
            });
        }
        let tags: Vec<TagId> = TAGS.iter().map(|_| TagId::new(BEGIN)).collect();
        for ((id, name), colour) in tags.iter().zip(TAGS).zip(TagColour::ALL) {
            changes.push(Change::TagSaved {
                tag: Tag {
                    id: *id,
                    name: name.to_owned(),
                    colour,
                },
            });
        }
        for (name, query) in VIEWS {
            changes.push(Change::ViewSaved {
                view: View {
                    id: ViewId::new(BEGIN),
                    name: name.to_owned(),
                    query: query.to_owned(),
                    only_for: None,
                },
            });
        }
        for change in changes {
            store.commit(Actor::Machine, Origin::Background, change)?;
        }
        Ok(Self {
            account,
            staff,
            tags,
            pools,
        })
    }

    /// What staff did with the mail: bulk actions for the long past, single ones for the last weeks.
    fn work(
        &self,
        store: &Store,
        conversations: &[ConversationId],
        recipe: Recipe,
    ) -> Result<(), StoreError> {
        let mut chance = StdRng::seed_from_u64(recipe.seed ^ 0x5eed);
        let mut bulk = Vec::new();
        for conversation in conversations {
            bulk.extend(self.past(*conversation, &mut chance));
            if bulk.len() >= 1_000 {
                self.by_somebody(store, std::mem::take(&mut bulk), &mut chance)?;
            }
        }
        self.by_somebody(store, bulk, &mut chance)?;
        // The newest fiftieth is what somebody is working on.
        let recent = conversations.len() / 50 + 20;
        let newest = conversations
            .get(conversations.len().saturating_sub(recent)..)
            .unwrap_or(conversations);
        for conversation in newest {
            for _ in 0..chance.random_range(1..8) {
                let change = self.present(*conversation, &mut chance);
                store.commit(self.somebody(&mut chance), Origin::Window, change)?;
            }
        }
        self.writing(store, newest, &mut chance)
    }

    fn somebody(&self, chance: &mut StdRng) -> Actor {
        Actor::Staff {
            id: *pick(&self.staff, chance),
        }
    }

    fn by_somebody(
        &self,
        store: &Store,
        changes: Vec<Change>,
        chance: &mut StdRng,
    ) -> Result<(), StoreError> {
        if !changes.is_empty() {
            let change = Change::Many { changes };
            store.commit(self.somebody(chance), Origin::Window, change)?;
        }
        Ok(())
    }

    fn past(&self, conversation: ConversationId, chance: &mut StdRng) -> Vec<Change> {
        let mut changes = Vec::new();
        // Each tag is rarer than the one before.
        for (number, tag) in (0..).zip(&self.tags) {
            let odds = if number == 7 {
                0.0002
            } else {
                0.2 / f64::from(number + 1)
            };
            if chance.random_bool(odds) {
                changes.push(Change::TagAdded {
                    conversation,
                    tag: *tag,
                });
            }
        }
        if chance.random_bool(0.4) {
            changes.push(Change::Pooled {
                conversation,
                pool: *pick(&self.pools, chance),
            });
        }
        if chance.random_bool(0.3) {
            changes.push(Change::Assigned {
                conversation,
                staff: Some(*pick(&self.staff, chance)),
            });
        }
        if chance.random_bool(0.02) {
            let until = END.plus_millis(chance.random_range(1..30) * 86_400_000);
            changes.push(Change::StateSet {
                conversation,
                state: ConversationState::Snoozed { until },
            });
        }
        changes
    }

    fn present(&self, conversation: ConversationId, chance: &mut StdRng) -> Change {
        match chance.random_range(0..6) {
            0 => Change::TagAdded {
                conversation,
                tag: *pick(&self.tags, chance),
            },
            1 => Change::Assigned {
                conversation,
                staff: Some(*pick(&self.staff, chance)),
            },
            2 => Change::NoteAdded {
                conversation,
                note: MessageId::new(END),
                text: NoteText::new("Rang back, nobody there. Tries again tomorrow morning."),
                mentions: Vec::new(),
            },
            3 => Change::ReadSet {
                conversation,
                read: chance.random_bool(0.8),
            },
            4 => Change::AcuitySet {
                conversation,
                acuity: Acuity::Routine,
                reason: "asked by phone".into(),
            },
            _ => Change::StateSet {
                conversation,
                state: *pick(
                    &[ConversationState::Open, ConversationState::Waiting],
                    chance,
                ),
            },
        }
    }

    /// Drafts, and replies that wait to leave.
    fn writing(
        &self,
        store: &Store,
        newest: &[ConversationId],
        chance: &mut StdRng,
    ) -> Result<(), StoreError> {
        for conversation in newest.iter().step_by(8) {
            store.save_draft(&NewDraft {
                conversation: *conversation,
                kind: DraftKind::Reply,
                to: None,
                subject: "".into(),
                text: "Thank you for your message. We will".into(),
                attachments: Vec::new(),
                staff: *pick(&self.staff, chance),
            })?;
        }
        for conversation in newest.iter().skip(1).step_by(20) {
            let target = store.reply_target(*conversation)?;
            let reply = MessageId::new(END);
            let change = Change::ReplyQueued {
                conversation: *conversation,
                reply,
                visibility: Visibility::Private,
                to: target.to,
                subject: target.subject,
                text: "Thank you, we have put your name down for Thursday.".into(),
                attachments: Vec::new(),
                network_id: format!("{reply}@riverside.example"),
                answers: target.answers,
                not_before: END.plus_millis(86_400_000),
                then: domain::operation::AfterReply::Wait,
            };
            store.commit(self.somebody(chance), Origin::Window, change)?;
        }
        Ok(())
    }
}

fn pick<'a, T>(from: &'a [T], chance: &mut StdRng) -> &'a T {
    from.get(chance.random_range(0..from.len()))
        .expect("a number below the length is in range")
}
