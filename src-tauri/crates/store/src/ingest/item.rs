//! Storing one item.

use domain::inbound::{DeliveryOutcome, Item};
use domain::message::{AutomaticKind, Protection};
use domain::operation::SentEvidence;
use domain::threading::{Placement, Tie, place};
use domain::{
    Acuity, AttachmentId, ContactId, ConversationId, Direction, Handle, MessageId, OutboxState,
    SendFailure, Visibility,
};
use rusqlite::{OptionalExtension, params};

use super::thanks::bare_thanks;
use super::thread::{self, Likely, Space};
use super::{Arrival, Findings, Ingest, IngestMode, Ready, StoredItem};
use crate::StoreError;
use crate::blob;
use crate::commit::outbox;
use crate::message::{self, put_extra};
use crate::sql::{INBOUND, Id, REPLY, acuity_number, serde_word};

/// A handle that was looked up in this delivery.
#[derive(Clone)]
pub(crate) struct Known {
    pub handle: i64,
    pub contact: i64,
    pub contact_id: ContactId,
    pub name: String,
}

/// Conversation states as stored.
const OPEN: i64 = 0;
const WAITING: i64 = 1;
const SNOOZED: i64 = 2;
const CLOSED: i64 = 3;

impl Ingest<'_, '_> {
    pub(crate) fn item(&mut self, ready: Ready) -> Result<(), StoreError> {
        let Ready { arrival, files } = ready;
        let item = &arrival.item;
        if self.known(item)? {
            self.out.known += 1;
            return Ok(());
        }
        let known = self.contact(&item.contact)?;
        let reported = self.reported(item)?;
        let (conversation, id, opened) = match reported {
            // A report about one of our replies belongs beside the reply, whoever wrote it.
            Some(conversation) => (conversation, self.id_of(conversation)?, false),
            None => self.placed(item, &known)?,
        };
        let live = self.is_live(item);
        let message_id = MessageId::new(self.work.now);
        let row = message::next_row(self.work.tx, item.sent_at)?;
        let inbound = item.direction == Direction::Inbound;
        let quiet = inbound && !opened && self.is_quiet(conversation, item)?;
        let unread = inbound && live && !item.seen && !quiet;
        self.write(&arrival, row, message_id, conversation, unread, files)?;
        self.index(&arrival, row, conversation, &known)?;
        self.tie(item, conversation, row, known.contact_id)?;
        let reopened = self.count(item, conversation, live, opened, quiet, unread)?;
        if let Some(findings) = arrival.findings.as_ref().filter(|_| inbound) {
            self.raise(conversation, findings)?;
        }
        if inbound {
            self.work.events.arrived(*id.as_uuid());
        }
        self.out.stored += 1;
        self.out.items.push(StoredItem {
            message: message_id,
            conversation: id,
            contact: known.contact_id,
            direction: item.direction,
            opened,
            reopened,
        });
        self.apply_report(item)?;
        crate::fault::point("ingest.indexed")
    }

    /// Whether the item is stored already. A new name for it is remembered, and a reply of ours that
    /// turns up in the mailbox is known to have been sent.
    fn known(&mut self, item: &Item) -> Result<bool, StoreError> {
        if self.named(&item.remote_id)?.is_some() || self.erased(item)? {
            return Ok(true);
        }
        if item.thread.own.is_empty() {
            return Ok(false);
        }
        let key = thread::key(self.account, Space::Own, &item.thread.own);
        for found in thread::find(self.work.tx, key)? {
            if found.message == 0 {
                continue;
            }
            let state: Option<String> = self
                .work
                .tx
                .prepare_cached("SELECT state FROM outbox WHERE message = ?1")?
                .query_row([found.message], |row| row.get(0))
                .optional()?;
            if let Some(state) = state {
                if item.direction == Direction::Outbound
                    && OutboxState::from_word(&state) != Some(OutboxState::Cancelled)
                {
                    self.found_there(found.message, item)?;
                    return Ok(true);
                }
                continue;
            }
            let same: bool = self
                .work
                .tx
                .prepare_cached("SELECT fingerprint IS ?2 FROM messages WHERE id = ?1")?
                .query_row(params![found.message, short(item)], |row| row.get(0))?;
            if same {
                self.one_name_more(found.message, &item.remote_id)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the item was erased with its contact: it does not come back when the mailbox is read
    /// again. What the contact writes anew does.
    fn erased(&self, item: &Item) -> Result<bool, StoreError> {
        let name = thread::key(self.account, Space::Name, &item.remote_id.0);
        let own = thread::key(self.account, Space::Own, &item.thread.own);
        Ok(self
            .work
            .tx
            .prepare_cached("SELECT 1 FROM erased WHERE key IN (?1, ?2)")?
            .exists([name, own])?)
    }

    /// One of our replies lies in the mailbox: it was sent, whatever the outbox believed.
    fn found_there(&mut self, message: i64, item: &Item) -> Result<(), StoreError> {
        let id = MessageId::from_uuid(crate::sql::uuid_of(
            self.work.tx,
            crate::sql::MESSAGES,
            message,
        )?);
        let mut at = outbox::standing(self.work.tx, id)?;
        self.close(at.conversation)?;
        for next in [OutboxState::Queued, OutboxState::Sending, OutboxState::Sent] {
            // A bounced reply lies in the mailbox too: it stays failed.
            let bounced = at.failure == Some(SendFailure::Bounced);
            if at.state == OutboxState::Sent || bounced {
                break;
            }
            if at.state == OutboxState::Uncertain || next == OutboxState::Sent {
                outbox::sent(self.work, &at, SentEvidence::FoundThere)?;
                break;
            }
            if at.state.may_become(next) {
                outbox::step(self.work, &at, next)?;
                at.state = next;
            }
        }
        self.work
            .tx
            .prepare_cached(
                "UPDATE messages SET fingerprint = coalesce(fingerprint, ?2) WHERE id = ?1",
            )?
            .execute(params![message, short(item)])?;
        self.one_name_more(message, &item.remote_id)
    }

    /// The contact behind a handle, made when new.
    fn contact(&mut self, handle: &Handle) -> Result<Known, StoreError> {
        let key = (handle.channel, handle.address.reveal().to_owned());
        if let Some(known) = self.handles.get(&key) {
            return Ok(known.clone());
        }
        let tx = self.work.tx;
        let found = tx
            .prepare_cached(
                "SELECT h.id, h.contact, k.uuid, k.name FROM handles h
                 JOIN contacts k ON k.id = h.contact WHERE h.channel = ?1 AND h.address = ?2",
            )?
            .query_row(
                params![handle.channel.word(), handle.address.reveal()],
                |row| {
                    Ok(Known {
                        handle: row.get(0)?,
                        contact: row.get(1)?,
                        contact_id: ContactId::from_uuid(row.get::<_, Id>(2)?.0),
                        name: row.get(3)?,
                    })
                },
            )
            .optional()?;
        let known = match found {
            Some(known) => known,
            None => {
                let contact_id = ContactId::new(self.work.now);
                let name = if handle.name.is_empty() {
                    handle.address.reveal()
                } else {
                    handle.name.reveal()
                };
                tx.prepare_cached(
                    "INSERT INTO contacts (uuid, name, created_at) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![
                    Id(*contact_id.as_uuid()),
                    name,
                    self.work.now.millis()
                ])?;
                let contact = tx.last_insert_rowid();
                tx.prepare_cached(
                    "INSERT INTO handles (channel, address, name, contact, home)
                     VALUES (?1, ?2, ?3, ?4, ?4)",
                )?
                .execute(params![
                    handle.channel.word(),
                    handle.address.reveal(),
                    handle.name.reveal(),
                    contact
                ])?;
                self.work.events.contact(*contact_id.as_uuid());
                Known {
                    handle: tx.last_insert_rowid(),
                    contact,
                    contact_id,
                    name: name.to_owned(),
                }
            }
        };
        self.handles.insert(key, known.clone());
        Ok(known)
    }

    /// The conversation of the reply that a delivery report speaks of.
    fn reported(&mut self, item: &Item) -> Result<Option<i64>, StoreError> {
        match self.reported_reply(item)? {
            Some(reply) => Ok(Some(outbox::standing(self.work.tx, reply)?.conversation)),
            None => Ok(None),
        }
    }

    fn reported_reply(&self, item: &Item) -> Result<Option<MessageId>, StoreError> {
        let Some(id) = item
            .delivery
            .as_ref()
            .and_then(|report| report.message_id.as_ref())
        else {
            return Ok(None);
        };
        let key = thread::key(self.account, Space::Own, id);
        for found in thread::find(self.work.tx, key)? {
            let reply: Option<Id> = self
                .work
                .tx
                .prepare_cached(
                    "SELECT m.uuid FROM messages m JOIN outbox o ON o.message = m.id WHERE m.id = ?1",
                )?
                .query_row([found.message], |row| row.get(0))
                .optional()?;
            if let Some(reply) = reply {
                return Ok(Some(MessageId::from_uuid(reply.0)));
            }
        }
        Ok(None)
    }

    /// A report that a reply will not arrive turns it failed.
    fn apply_report(&mut self, item: &Item) -> Result<(), StoreError> {
        let Some(report) = item
            .delivery
            .as_ref()
            .filter(|report| report.outcome == DeliveryOutcome::Failed)
        else {
            return Ok(());
        };
        let Some(reply) = self.reported_reply(item)? else {
            return Ok(());
        };
        let at = outbox::standing(self.work.tx, reply)?;
        if at.state.may_become(OutboxState::Failed) && at.state != OutboxState::Queued {
            self.close(at.conversation)?;
            let why = format!("{} {}", report.status, report.diagnostic.reveal());
            outbox::failed(self.work, &at, SendFailure::Bounced, why.trim())?;
        }
        Ok(())
    }

    /// Finds or opens the conversation of an item.
    fn placed(
        &mut self,
        item: &Item,
        known: &Known,
    ) -> Result<(i64, ConversationId, bool), StoreError> {
        let likely = self.candidates(item, known)?;
        let candidates: Vec<_> = likely.iter().map(|likely| likely.candidate).collect();
        let row_of = |id: ConversationId| {
            likely
                .iter()
                .find(|likely| likely.candidate.conversation == id)
                .map(|likely| likely.row)
        };
        match place(known.contact_id, item.sent_at, &candidates) {
            Placement::Join(id) => {
                let row = row_of(id).ok_or(StoreError::NotFound("conversation"))?;
                Ok((row, id, false))
            }
            Placement::Open { continues } => {
                let id = ConversationId::new(self.work.now);
                let row = self.open(item, known, id, continues.and_then(row_of))?;
                Ok((row, id, true))
            }
        }
    }

    fn candidates(&mut self, item: &Item, known: &Known) -> Result<Vec<Likely>, StoreError> {
        let mut keys = Vec::new();
        if let Some(native) = &item.thread.native {
            keys.push((
                thread::key(self.account, Space::Native, native),
                Tie::Native,
            ));
        }
        let own = &item.thread.own;
        if !own.is_empty() {
            // Somebody answered this item before it came.
            let key = thread::key(self.account, Space::Own, own);
            keys.push((key, Tie::Answers { distance: 0 }));
        }
        for (distance, parent) in (0..).zip(&item.thread.parents) {
            let key = thread::key(self.account, Space::Own, parent);
            keys.push((key, Tie::Answers { distance }));
        }
        let mut likely = self.behind(&keys)?;
        if likely.is_empty() && !item.thread.subject.is_empty() {
            let subject = subject_id(known.contact_id, &item.thread.subject);
            let key = thread::key(self.account, Space::Subject, &subject);
            likely = self.behind(&[(key, Tie::Subject)])?;
        }
        Ok(likely)
    }

    fn behind(&mut self, keys: &[(i64, Tie)]) -> Result<Vec<Likely>, StoreError> {
        let mut likely = Vec::new();
        for (key, tie) in keys {
            let mut last = None;
            for found in thread::find(self.work.tx, *key)? {
                if last.replace(found.conversation) == Some(found.conversation) {
                    continue;
                }
                if let Some(mut one) = thread::candidate(self.work.tx, found.conversation, *tie)? {
                    // What this delivery has added already is not in the table yet.
                    if let Some(row) = self.open.0.get(&one.row) {
                        one.candidate.last_message_at = domain::Timestamp::from_millis(row.last_at);
                        one.candidate.closed = row.state == CLOSED;
                    }
                    likely.push(one);
                }
            }
        }
        Ok(likely)
    }

    fn open(
        &mut self,
        item: &Item,
        known: &Known,
        id: ConversationId,
        continues: Option<i64>,
    ) -> Result<i64, StoreError> {
        let state = match (self.is_live(item), item.direction) {
            (false, _) => CLOSED,
            (true, Direction::Inbound) => OPEN,
            (true, Direction::Outbound) => WAITING,
        };
        self.work
            .tx
            .prepare_cached(
                "INSERT INTO conversations
                   (uuid, account, channel, public, contact, handle, subject, state, pool, last_at,
                    created_at, continues)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)",
            )?
            .execute(params![
                Id(*id.as_uuid()),
                self.account,
                item.channel.word(),
                item.visibility == Visibility::Public,
                known.contact,
                known.handle,
                item.subject.reveal(),
                state,
                self.first_pool,
                item.sent_at.millis(),
                continues,
            ])?;
        let row = self.work.tx.last_insert_rowid();
        self.work.made(row, *id.as_uuid());
        Ok(row)
    }

    fn id_of(&self, conversation: i64) -> Result<ConversationId, StoreError> {
        crate::sql::uuid_of(self.work.tx, crate::sql::CONVERSATIONS, conversation)
            .map(ConversationId::from_uuid)
    }

    fn is_live(&self, item: &Item) -> bool {
        match self.mode {
            IngestMode::Live => true,
            IngestMode::CatchUp { open_since } => item.received_at >= open_since,
            IngestMode::Import => false,
        }
    }

    /// Whether the item leaves a snoozed conversation snoozed.
    fn is_quiet(&mut self, conversation: i64, item: &Item) -> Result<bool, StoreError> {
        let snoozed = self.row(conversation)?.state == SNOOZED;
        Ok(snoozed && item.attachments.is_empty() && bare_thanks(own_words(item)))
    }

    fn write(
        &mut self,
        arrival: &Arrival,
        row: i64,
        id: MessageId,
        conversation: i64,
        unread: bool,
        files: Vec<Option<blob::Staged>>,
    ) -> Result<(), StoreError> {
        let item = &arrival.item;
        let tx = self.work.tx;
        tx.prepare_cached(
            "INSERT INTO messages
               (id, uuid, conversation, kind, at, received_at, network_id, fingerprint, names,
                unread, automatic, protection, acuity, files, subject)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            row,
            Id(*id.as_uuid()),
            conversation,
            kind(item),
            item.sent_at.millis(),
            item.received_at.millis(),
            item.thread.own,
            short(item),
            unread,
            automatic_number(item.automatic),
            protection_number(item.protection),
            arrival
                .findings
                .as_ref()
                .map_or(0, |findings| acuity_number(findings.acuity)),
            item.attachments.len() as i64,
            item.subject.reveal(),
        ])?;
        tx.prepare_cached("INSERT INTO bodies (message, text) VALUES (?1, ?2)")?
            .execute(params![row, item.text.reveal()])?;
        tx.prepare_cached("INSERT INTO remote_names (account, name, message) VALUES (?1, ?2, ?3)")?
            .execute(params![self.account, item.remote_id.0, row])?;
        self.extras(arrival, row)?;
        for ((part, file), staged) in (0..).zip(&item.attachments).zip(files) {
            let blob = match &staged {
                Some(staged) => Some(blob::keep(self.work, staged)?),
                None => None,
            };
            blob::insert(
                self.work.tx,
                &blob::NewRow {
                    id: AttachmentId::new(self.work.now),
                    message: Some(row),
                    draft: None,
                    name: &file.name,
                    media_type: &file.media_type,
                    size: file.size,
                    inline: file.inline,
                    content_id: file.content_id.as_deref(),
                    danger: file.danger.as_ref().map(serde_word).transpose()?,
                    part,
                    blob,
                },
                self.work.now,
            )?;
        }
        Ok(())
    }

    /// What few messages have.
    fn extras(&self, arrival: &Arrival, row: i64) -> Result<(), StoreError> {
        let item = &arrival.item;
        let tx = self.work.tx;
        if !item.folds.is_empty() {
            put_extra(tx, row, "folds", serde_json::to_string(&item.folds)?)?;
        }
        if let Some(html) = &item.html {
            put_extra(tx, row, "html", html.reveal())?;
            // Pictures that wait for a click; see the mail room's cleaning.
            let pictures = html.reveal().matches(" data-remote-src=").count() as i64;
            if pictures > 0 {
                put_extra(tx, row, "remote_images", pictures)?;
            }
        }
        if !item.others.is_empty() {
            put_extra(tx, row, "others", serde_json::to_string(&item.others)?)?;
        }
        if let Some(reply_to) = &item.reply_to {
            put_extra(tx, row, "reply_to", serde_json::to_string(reply_to)?)?;
        }
        if item.delivery.is_some() {
            put_extra(tx, row, "writer", serde_json::to_string(&item.contact)?)?;
        }
        if !item.thread.parents.is_empty() {
            let parents = serde_json::to_string(&item.thread.parents)?;
            put_extra(tx, row, "parents", parents)?;
        }
        if !item.problems.is_empty() {
            put_extra(tx, row, "problems", serde_json::to_string(&item.problems)?)?;
        }
        if let Some(raw) = &item.raw {
            put_extra(tx, row, "raw", raw.as_slice())?;
        }
        if let Some(findings) = &arrival.findings {
            let worth = findings.acuity != Acuity::Administrative || !findings.detail.is_null();
            if worth {
                put_extra(
                    tx,
                    row,
                    "findings",
                    serde_json::to_string(&findings.detail)?,
                )?;
            }
        }
        Ok(())
    }

    fn index(
        &self,
        arrival: &Arrival,
        row: i64,
        conversation: i64,
        known: &Known,
    ) -> Result<(), StoreError> {
        let item = &arrival.item;
        // A report in another's conversation is found under that conversation's contact.
        if item.delivery.is_some() {
            let _ = conversation;
            return message::reindex(self.work.tx, row);
        }
        let files = item
            .attachments
            .iter()
            .map(|file| file.name.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let doc = message::compose(
            kind(item),
            item.subject.reveal().to_owned(),
            item.text.reveal().to_owned(),
            &known.name,
            item.contact.address.reveal(),
            files,
        );
        message::index(self.work.tx, row, &doc)
    }

    /// Remembers what later items may refer to.
    fn tie(
        &self,
        item: &Item,
        conversation: i64,
        row: i64,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        let tx = self.work.tx;
        let keys = &item.thread;
        thread::own(tx, self.account, &keys.own, conversation, row)?;
        if let Some(native) = &keys.native {
            let key = thread::key(self.account, Space::Native, native);
            thread::put(tx, key, conversation, 0)?;
        }
        for parent in &keys.parents {
            let key = thread::key(self.account, Space::Own, parent);
            let known = thread::find(tx, key)?;
            if !known.iter().any(|found| found.conversation == conversation) {
                thread::put(tx, key, conversation, 0)?;
            }
        }
        if !keys.subject.is_empty() {
            let subject = subject_id(contact, &keys.subject);
            let key = thread::key(self.account, Space::Subject, &subject);
            thread::put(tx, key, conversation, 0)?;
        }
        Ok(())
    }

    #[allow(
        clippy::fn_params_excessive_bools,
        reason = "facts of one item, each named at the one call"
    )]
    /// Moves the conversation's numbers and state. Gives back whether it came back to the inbox.
    fn count(
        &mut self,
        item: &Item,
        conversation: i64,
        live: bool,
        opened: bool,
        quiet: bool,
        unread: bool,
    ) -> Result<bool, StoreError> {
        let at = item.sent_at.millis();
        let row = self.row(conversation)?;
        row.messages += 1;
        row.attachments += item.attachments.len() as i64;
        row.unread += i64::from(unread);
        if opened || at >= row.last_at {
            row.last_at = at;
            row.last_kind = kind(item);
            row.preview = message::preview(own_words(item));
        }
        let before = row.state;
        if item.direction == Direction::Inbound {
            row.last_inbound_at = row.last_inbound_at.max(Some(at));
            if !live {
                row.settled_at = row.settled_at.max(Some(at));
            }
            let answered = row.last_outbound_at.max(row.settled_at);
            if item.automatic.is_none() && answered.is_none_or(|answered| at > answered) {
                row.waiting_since = Some(row.waiting_since.map_or(at, |since| since.min(at)));
            } else {
                row.ask_waiting = true;
            }
            let newest = row.last_outbound_at.is_none_or(|outbound| at >= outbound);
            if live && newest && !quiet && item.automatic.is_none() {
                row.state = OPEN;
                row.snoozed_until = None;
            }
        } else {
            row.last_outbound_at = row.last_outbound_at.max(Some(at));
            row.ask_waiting = true;
            let newest = row.last_inbound_at.is_none_or(|inbound| at >= inbound);
            if live && newest && row.state == OPEN {
                row.state = WAITING;
            }
        }
        Ok(!opened && before != OPEN && row.state == OPEN)
    }

    /// The machine may raise urgency and never lowers it.
    fn raise(&mut self, conversation: i64, findings: &Findings) -> Result<(), StoreError> {
        let acuity = acuity_number(findings.acuity);
        let row = self.row(conversation)?;
        if acuity > row.acuity {
            row.acuity = acuity;
            row.red_flag |= acuity >= 2;
            findings.reason.reveal().clone_into(&mut row.acuity_reason);
        }
        Ok(())
    }
}

/// Half of the fingerprint: with the message's own id beside it, plenty.
fn short(item: &Item) -> Vec<u8> {
    item.fingerprint.0.iter().take(16).copied().collect()
}

const fn kind(item: &Item) -> i64 {
    match item.direction {
        Direction::Inbound => INBOUND,
        Direction::Outbound => REPLY,
    }
}

fn subject_id(contact: ContactId, subject: &str) -> String {
    format!("{contact} {subject}")
}

fn own_words(item: &Item) -> &str {
    message::own_words(item.text.reveal(), &item.folds)
}

pub(crate) const fn automatic_number(kind: Option<AutomaticKind>) -> i64 {
    match kind {
        None => 0,
        Some(AutomaticKind::Reply) => 1,
        Some(AutomaticKind::Notice) => 2,
        Some(AutomaticKind::List) => 3,
        Some(AutomaticKind::Report) => 4,
    }
}

pub(crate) const fn automatic_of(number: i64) -> Option<AutomaticKind> {
    match number {
        1 => Some(AutomaticKind::Reply),
        2 => Some(AutomaticKind::Notice),
        3 => Some(AutomaticKind::List),
        4 => Some(AutomaticKind::Report),
        _ => None,
    }
}

const fn protection_number(protection: Protection) -> i64 {
    match protection {
        Protection::None => 0,
        Protection::Signed => 1,
        Protection::Encrypted => 2,
    }
}

pub(crate) const fn protection_of(number: i64) -> Protection {
    match number {
        1 => Protection::Signed,
        2 => Protection::Encrypted,
        _ => Protection::None,
    }
}
