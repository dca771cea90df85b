//! Commands that write: drafts, files, internal notes, replies.
//!
//! A note becomes `NoteAdded`; a reply becomes `ReplyQueued`. No path leads from one to the other: a
//! draft says which of the two it is, and sending reads the text from the request, never from a note.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::operation::{Change, SentEvidence};
use domain::views::OutboxView;
use domain::{
    AttachmentMeta, MessageId, NoteText, Origin, PatientText, SendFailure, StaffId, Visibility,
};
use store::{Store, StoreError};

use crate::accounts;
use crate::caller::Caller;
use crate::error::{CommandError, ErrorCode, Result};
use crate::ingest::at_store;
use crate::requests::{
    AddNote, Attach, DiscardDraft, Done, NoteDone, OfReply, Ok as Fine, ReplyOnItsWay,
    ResolveReply, SaveDraft, SendReply, Verdict,
};

/// How long a reply is held after *Send*, unless the practice chose otherwise.
const HOLD_SECONDS: i64 = 10;

/// The longest text of a reply or note: more is a mistake, such as a pasted file.
const LONGEST_TEXT: usize = 1_000_000;

impl Caller {
    /// Keeps what staff were about to write.
    pub(crate) async fn save_draft(&self, request: SaveDraft) -> Result<Fine> {
        bounded(&request.text)?;
        let (practice, me) = (self.practice()?, self.me()?.id);
        at_store(&practice, move |store| {
            store.save_draft(&store::NewDraft {
                conversation: request.conversation,
                kind: request.kind,
                to: request.to,
                subject: request.subject.into(),
                text: request.text.into(),
                attachments: request.attachments,
                staff: me,
            })
        })
        .await?;
        Ok(Fine {})
    }

    /// Throws a draft away.
    pub(crate) async fn discard_draft(&self, request: DiscardDraft) -> Result<Fine> {
        let practice = self.practice()?;
        at_store(&practice, move |store| {
            store.discard_draft(request.conversation)
        })
        .await?;
        Ok(Fine {})
    }

    /// Takes a file over for a draft; its bytes are sealed at once.
    pub(crate) async fn attach(&self, request: Attach) -> Result<AttachmentMeta> {
        let practice = self.practice()?;
        let data = STANDARD
            .decode(request.base64.as_bytes())
            .map_err(|_| CommandError::bad_request("The file did not arrive whole."))?;
        let name = mime::SafeName::new(&request.name).as_str().to_owned();
        let media_type = mime::attachment::detect(&data).to_owned();
        at_store(&practice, move |store| {
            store.attach(
                request.conversation,
                &store::NewAttachment {
                    name,
                    media_type,
                    data,
                },
            )
        })
        .await
    }

    /// Writes an internal note. Only staff see it.
    pub(crate) async fn add_note(&self, request: AddNote) -> Result<NoteDone> {
        let text = written(&request.text)?;
        let note = MessageId::new(self.desk.options.clock.now());
        self.commit(Change::NoteAdded {
            conversation: request.conversation,
            note,
            text: NoteText::new(text),
            mentions: request.mentions,
        })
        .await?;
        Ok(NoteDone { note })
    }

    /// Sends a reply: it is held for the undo time, or until the chosen time.
    pub(crate) async fn send_reply(&self, request: SendReply) -> Result<ReplyOnItsWay> {
        let text = written(&request.text)?;
        let (practice, me, actor, origin) =
            (self.practice()?, self.me()?.id, self.actor()?, self.origin);
        let now = practice.clock.now();
        let reply = MessageId::new(now);
        let held_until = at_store(&practice, move |store| {
            let target = store.reply_target(request.conversation)?;
            // In a script there is nobody to press undo.
            let hold = if origin == Origin::CommandLine {
                0
            } else {
                hold_seconds(store, me)?
            };
            let not_before = request
                .send_at
                .unwrap_or_default()
                .max(now.plus_millis(hold * 1_000));
            let change = Change::ReplyQueued {
                conversation: request.conversation,
                reply,
                visibility: Visibility::Private,
                to: request.to.unwrap_or(target.to),
                subject: request.subject.map_or(target.subject, PatientText::new),
                text,
                attachments: request.attachments,
                network_id: accounts::network_id(reply, &target.account_address),
                answers: target.answers,
                not_before,
                then: request.then,
            };
            store.commit(actor, origin, change)?;
            Ok(not_before)
        })
        .await?;
        practice.nudge_senders();
        Ok(ReplyOnItsWay { reply, held_until })
    }

    /// Sends what is due in the reply's account now, and says where the reply stands. For callers
    /// without background loops.
    pub(crate) async fn deliver(&self, request: OfReply) -> Result<OutboxView> {
        let practice = self.practice()?;
        let reply = request.reply;
        let account = at_store(&practice, move |store| store.account_of(reply)).await?;
        accounts::send_due_once(&practice, account).await?;
        at_store(&practice, move |store| store.outbox_view(reply)).await
    }

    /// Takes a reply back before it leaves; its text becomes the draft again.
    pub(crate) async fn cancel_reply(&self, request: OfReply) -> Result<Done> {
        let conversation = self.conversation_of(request.reply).await?;
        self.commit_one(Change::ReplyCancelled {
            conversation,
            reply: request.reply,
        })
        .await
    }

    /// Tries a failed reply again.
    pub(crate) async fn retry_reply(&self, request: OfReply) -> Result<Done> {
        let conversation = self.conversation_of(request.reply).await?;
        let done = self
            .commit_one(Change::ReplyRetried {
                conversation,
                reply: request.reply,
            })
            .await?;
        self.practice()?.nudge_senders();
        Ok(done)
    }

    /// Records what a person found out about a reply whose outcome was unknown.
    pub(crate) async fn resolve_reply(&self, request: ResolveReply) -> Result<Done> {
        let reply = request.reply;
        let conversation = self.conversation_of(reply).await?;
        let change = match request.verdict {
            Verdict::Arrived => Change::ReplySent {
                conversation,
                reply,
                evidence: SentEvidence::StaffSaid,
            },
            Verdict::SendAgain => Change::ReplyRetried {
                conversation,
                reply,
            },
            Verdict::DoNotSend => Change::ReplyFailed {
                conversation,
                reply,
                failure: SendFailure::NoLongerPossible,
                why: "A staff member decided not to send it.".into(),
            },
        };
        let done = self.commit_one(change).await?;
        self.practice()?.nudge_senders();
        Ok(done)
    }

    async fn conversation_of(&self, reply: MessageId) -> Result<domain::ConversationId> {
        at_store(&self.practice()?, move |store| store.conversation_of(reply)).await
    }
}

fn hold_seconds(store: &Store, me: StaffId) -> std::result::Result<i64, StoreError> {
    let settings = store.settings(me)?;
    let chosen = settings
        .get("hold_seconds")
        .and_then(serde_json::Value::as_i64);
    Ok(chosen.unwrap_or(HOLD_SECONDS).clamp(0, 120))
}

fn written(text: &str) -> Result<PatientText> {
    bounded(text)?;
    if text.trim().is_empty() {
        return Err(CommandError::bad_request("There is no text yet."));
    }
    Ok(PatientText::new(text))
}

fn bounded(text: &str) -> Result<()> {
    if text.len() > LONGEST_TEXT {
        return Err(CommandError::new(
            ErrorCode::BadRequest,
            "The text is longer than a million characters. Nothing was changed.",
            "Send it as a file instead.",
        ));
    }
    Ok(())
}
