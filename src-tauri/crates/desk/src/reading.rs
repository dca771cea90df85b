//! Commands that show: the list, a conversation, a contact, a search. What shows patient data is
//! recorded in the audit log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::AttachmentMeta;
use domain::operation::Change;
use domain::views::{
    AttachmentBytes, ContactCard, ConversationView, Counts, InboxPage, SearchPage, Vocabulary,
};

use crate::accounts;
use crate::caller::Caller;
use crate::desk::blocking;
use crate::error::{CommandError, ErrorCode, Result};
use crate::ingest::at_store;
use crate::requests::{
    HtmlView, List, MessageHtml, MessageSource, MessagesPage, Nothing, Older, OpenAttachment,
    SavedFile, Search, Settings, Show, ShowContact, SourceView,
};
use crate::translate::file_error;

/// Rows of a page unless the caller wants another number, and the most anyone gets.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 500;

/// Messages of a conversation that come at first.
const MESSAGES: u32 = 100;

impl Caller {
    /// The words of the practice that every screen needs.
    pub(crate) async fn vocabulary(&self, _: Nothing) -> Result<Vocabulary> {
        let (practice, me) = (self.practice()?, self.me()?.id);
        at_store(&practice, move |store| store.vocabulary(me)).await
    }

    /// The practice's settings, overlaid by one's own.
    pub(crate) async fn settings(&self, _: Nothing) -> Result<Settings> {
        let (practice, me) = (self.practice()?, self.me()?.id);
        let values = at_store(&practice, move |store| store.settings(me)).await?;
        Ok(Settings { values })
    }

    /// Counts beside the views and pools.
    pub(crate) async fn counts(&self, _: Nothing) -> Result<Counts> {
        let (practice, me) = (self.practice()?, self.me()?.id);
        at_store(&practice, move |store| store.counts(me)).await
    }

    /// A page of the conversation list.
    pub(crate) async fn list(&self, request: List) -> Result<InboxPage> {
        let (practice, me) = (self.practice()?, self.me()?.id);
        let limit = request.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
        at_store(&practice, move |store| {
            store.inbox(
                &request.scope,
                me,
                request.sort,
                request.cursor.as_deref(),
                limit,
            )
        })
        .await
    }

    /// One conversation. Looking is recorded.
    pub(crate) async fn conversation(&self, request: Show) -> Result<ConversationView> {
        let (practice, actor, origin) = (self.practice()?, self.actor()?, self.origin);
        let id = request.conversation;
        let view = at_store(&practice, move |store| {
            let view = store.conversation(id, MESSAGES)?;
            store.commit(
                actor,
                origin,
                Change::ConversationViewed { conversation: id },
            )?;
            Ok(view)
        })
        .await?;
        Ok(ConversationView {
            abilities: accounts::abilities(&practice, view.row.account),
            ..view
        })
    }

    /// Older messages of a conversation.
    pub(crate) async fn older_messages(&self, request: Older) -> Result<MessagesPage> {
        let practice = self.practice()?;
        let (messages, older) = at_store(&practice, move |store| {
            store.older_messages(request.conversation, &request.cursor, MESSAGES)
        })
        .await?;
        Ok(MessagesPage { messages, older })
    }

    /// The HTML form of a message.
    pub(crate) async fn message_html(&self, request: MessageHtml) -> Result<HtmlView> {
        let practice = self.practice()?;
        let (html, remote_images) =
            at_store(&practice, move |store| store.message_html(request.message)).await?;
        Ok(HtmlView {
            html,
            remote_images,
        })
    }

    /// The untouched text of a message that could not be understood.
    pub(crate) async fn message_source(&self, request: MessageSource) -> Result<SourceView> {
        let practice = self.practice()?;
        let raw = at_store(&practice, move |store| {
            store.message_source(request.message)
        })
        .await?;
        Ok(SourceView {
            source: String::from_utf8_lossy(&raw).into_owned().into(),
        })
    }

    /// A file, for preview. Looking is recorded.
    pub(crate) async fn attachment(&self, request: OpenAttachment) -> Result<AttachmentBytes> {
        let (meta, data) = self.attachment_bytes(request).await?;
        Ok(AttachmentBytes {
            id: meta.id,
            name: meta.name,
            media_type: meta.media_type,
            base64: STANDARD.encode(data),
        })
    }

    /// Saves a file where this login keeps downloads, under a name that is free.
    pub(crate) async fn save_attachment(&self, request: OpenAttachment) -> Result<SavedFile> {
        let (meta, data) = self.attachment_bytes(request).await?;
        let folder = self.desk.options.downloads.clone();
        blocking(move || {
            std::fs::create_dir_all(&folder).map_err(|error| file_error(&error))?;
            let (stem, extension) = meta.name.rsplit_once('.').unwrap_or((&meta.name, ""));
            for number in 0..1000_u32 {
                let mut name = stem.to_owned();
                if number > 0 {
                    name.push_str(&format!(" ({number})"));
                }
                if !extension.is_empty() {
                    name.push('.');
                    name.push_str(extension);
                }
                let path = folder.join(name);
                match std::fs::File::create_new(&path) {
                    Ok(mut file) => {
                        std::io::Write::write_all(&mut file, &data)
                            .map_err(|error| file_error(&error))?;
                        return Ok(SavedFile {
                            path: path.to_string_lossy().into_owned(),
                        });
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(file_error(&error)),
                }
            }
            Err(CommandError::new(
                ErrorCode::File,
                "There are a thousand files of that name already.",
                "Tidy the downloads folder.",
            ))
        })
        .await
    }

    async fn attachment_bytes(&self, request: OpenAttachment) -> Result<(AttachmentMeta, Vec<u8>)> {
        let (practice, actor, origin) = (self.practice()?, self.actor()?, self.origin);
        let OpenAttachment {
            conversation,
            attachment,
        } = request;
        let found = at_store(&practice, move |store| {
            let found = store.attachment(conversation, attachment)?;
            store.commit(
                actor,
                origin,
                Change::AttachmentOpened {
                    conversation,
                    attachment,
                },
            )?;
            Ok(found)
        })
        .await?;
        if let Some(data) = found.data {
            return Ok((found.meta, data));
        }
        // The bytes stayed on the server.
        let Some(remote) = found.remote else {
            return Err(CommandError::not_found("file"));
        };
        let connector = practice.connector(remote.account).ok_or_else(|| {
            CommandError::new(
                ErrorCode::Unreachable,
                "This file is still on the mail server, and its account is not connected now.",
                "Start the account, then try again.",
            )
        })?;
        let stop = channels::Stop::new();
        let data = connector
            .attachment(&remote.remote_id, remote.position as usize, &stop)
            .await?;
        let kept = data.clone();
        at_store(&practice, move |store| {
            store.keep_attachment(attachment, kept)
        })
        .await?;
        Ok((found.meta, data))
    }

    /// A contact with their newest conversations.
    pub(crate) async fn contact(&self, request: ShowContact) -> Result<ContactCard> {
        let practice = self.practice()?;
        at_store(&practice, move |store| store.contact(request.contact)).await
    }

    /// A search. A finished one (not every keystroke) is recorded.
    pub(crate) async fn search(&self, request: Search) -> Result<SearchPage> {
        let (practice, me, actor, origin) =
            (self.practice()?, self.me()?.id, self.actor()?, self.origin);
        at_store(&practice, move |store| {
            let cursor = request.cursor.as_deref();
            let page = store.search(&request.query, me, request.ranked, cursor, PAGE)?;
            if request.record {
                let change = Change::Searched {
                    query: request.query.into(),
                    hits: u64::from(page.total),
                };
                store.commit(actor, origin, change)?;
            }
            Ok(page)
        })
        .await
    }
}
