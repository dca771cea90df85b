//! Commands that sort: tag, claim, pool, state, acuity, read; merge and split; undo.

use domain::conversation::ConversationState;
use domain::operation::Change;
use domain::rights::Right;
use domain::{ConversationId, OperationId, StaffId};

use crate::caller::Caller;
use crate::error::Result;
use crate::ingest::at_store;
use crate::requests::{Act, Action, Done, Merge, Split, SplitDone, Targets, Undo};

/// How many conversations one operation carries, and one undo brings back, when an action works on
/// everything that matches. More become several operations, so that the writer is not held for long.
const CHUNK: usize = 20_000;

impl Caller {
    /// Does one thing to one or many conversations. Several become one operation, undone as one.
    pub(crate) async fn act(&self, request: Act) -> Result<Done> {
        let practice = self.practice()?;
        let me = self.me()?;
        if let Action::SetAcuity { .. } = request.action {
            // Lowering needs another right than raising; the store tells which it is.
            self.require(Right::RaiseAcuity)?;
        }
        let (actor, origin) = (self.actor()?, self.origin);
        let may_lower = me.role.may(Right::LowerAcuity);
        let done = at_store(&practice, move |store| {
            let conversations = match request.targets {
                Targets::Ids { ids } => ids,
                Targets::Scope { scope } => store.matching(&scope, me.id)?,
            };
            if let Action::SetAcuity { acuity, .. } = &request.action
                && !may_lower
            {
                for conversation in &conversations {
                    if store.acuity(*conversation)? > *acuity {
                        return Ok(None);
                    }
                }
            }
            let changes: Vec<Change> = conversations
                .iter()
                .map(|id| change_for(*id, &request.action, me.id))
                .collect();
            commit_all(store, actor, origin, changes).map(Some)
        })
        .await?;
        practice.nudge_marks();
        done.ok_or_else(|| {
            crate::error::CommandError::new(
                crate::error::ErrorCode::NotAllowed,
                "Only a nurse or doctor lowers acuity. Nothing was changed.",
                "Ask one of them; a note in the conversation reaches them.",
            )
        })
    }

    /// Moves all of one conversation into another.
    pub(crate) async fn merge(&self, request: Merge) -> Result<Done> {
        self.commit_one(Change::ConversationsMerged {
            into: request.into,
            from: request.from,
        })
        .await
    }

    /// Moves messages into a conversation of their own.
    pub(crate) async fn split(&self, request: Split) -> Result<SplitDone> {
        let into = ConversationId::new(self.desk.options.clock.now());
        let change = Change::ConversationSplit {
            from: request.from,
            into,
            messages: request.messages,
        };
        let operation = self.commit(change).await?;
        Ok(SplitDone {
            conversation: into,
            operation,
        })
    }

    /// Takes an operation back.
    pub(crate) async fn undo(&self, request: Undo) -> Result<Done> {
        let (practice, me, actor, origin) =
            (self.practice()?, self.me()?.id, self.actor()?, self.origin);
        let done = at_store(&practice, move |store| {
            let operation = match request.operation {
                Some(operation) => Some(operation),
                None => store.newest_undoable(me)?,
            };
            let Some(operation) = operation else {
                return Ok(Done {
                    operation: None,
                    changed: 0,
                });
            };
            let undone = store.undo(operation, actor, origin)?;
            Ok(Done {
                operation: undone.operation,
                changed: undone.changed,
            })
        })
        .await?;
        practice.refresh()?;
        practice.nudge_senders();
        Ok(done)
    }

    /// Commits one change in the caller's name.
    pub(crate) async fn commit(&self, change: Change) -> Result<Option<OperationId>> {
        let (practice, actor, origin) = (self.practice()?, self.actor()?, self.origin);
        let committed =
            at_store(&practice, move |store| store.commit(actor, origin, change)).await?;
        Ok(committed.operation)
    }

    /// Commits one change and answers as commands do.
    pub(crate) async fn commit_one(&self, change: Change) -> Result<Done> {
        let (practice, actor, origin) = (self.practice()?, self.actor()?, self.origin);
        let committed =
            at_store(&practice, move |store| store.commit(actor, origin, change)).await?;
        Ok(Done {
            operation: committed.operation,
            changed: committed.changed,
        })
    }
}

fn commit_all(
    store: &store::Store,
    actor: domain::Actor,
    origin: domain::Origin,
    mut changes: Vec<Change>,
) -> std::result::Result<Done, store::StoreError> {
    let mut done = Done {
        operation: None,
        changed: 0,
    };
    if changes.len() == 1 {
        if let Some(change) = changes.pop() {
            let committed = store.commit(actor, origin, change)?;
            done = Done {
                operation: committed.operation,
                changed: committed.changed,
            };
        }
        return Ok(done);
    }
    for chunk in changes.chunks(CHUNK) {
        let committed = store.commit(
            actor,
            origin,
            Change::Many {
                changes: chunk.to_vec(),
            },
        )?;
        done.operation = committed.operation.or(done.operation);
        done.changed += committed.changed;
    }
    Ok(done)
}

fn change_for(conversation: ConversationId, action: &Action, me: StaffId) -> Change {
    let state = |state| Change::StateSet {
        conversation,
        state,
    };
    match action {
        Action::AddTag { tag } => Change::TagAdded {
            conversation,
            tag: *tag,
        },
        Action::TakeTag { tag } => Change::TagTaken {
            conversation,
            tag: *tag,
        },
        Action::Claim => Change::Assigned {
            conversation,
            staff: Some(me),
        },
        Action::Assign { staff } => Change::Assigned {
            conversation,
            staff: Some(*staff),
        },
        Action::Release => Change::Assigned {
            conversation,
            staff: None,
        },
        Action::Pool { pool } => Change::Pooled {
            conversation,
            pool: *pool,
        },
        Action::Close => state(ConversationState::Closed),
        Action::Reopen => state(ConversationState::Open),
        Action::Wait => state(ConversationState::Waiting),
        Action::Snooze { until } => state(ConversationState::Snoozed { until: *until }),
        Action::SetAcuity { acuity, reason } => Change::AcuitySet {
            conversation,
            acuity: *acuity,
            reason: reason.as_str().into(),
        },
        Action::MarkRead => Change::ReadSet {
            conversation,
            read: true,
        },
        Action::MarkUnread => Change::ReadSet {
            conversation,
            read: false,
        },
    }
}
