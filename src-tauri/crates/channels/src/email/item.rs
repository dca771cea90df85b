//! From a mail's bytes to an [`Item`]: the one place where what `mime` reads is put into the words of
//! `domain`.

use domain::channel::{Channel, Visibility};
use domain::inbound::{
    DeliveryOutcome, DeliveryReport, Fingerprint, InboundAttachment, Item, RemoteId, ThreadKeys,
};
use domain::message::{AutomaticKind, Danger, Direction, Fold, FoldKind, Protection};
use domain::people::Handle;
use domain::text::PatientText;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::oversize::Left;
use super::settings::EmailSettings;

/// The mailbox's own addresses, lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own(Vec<String>);

impl Own {
    /// These addresses.
    pub fn new<S: AsRef<str>>(addresses: impl IntoIterator<Item = S>) -> Self {
        Self(
            addresses
                .into_iter()
                .map(|address| address.as_ref().trim().to_lowercase())
                .filter(|address| !address.is_empty())
                .collect(),
        )
    }

    /// The address and the aliases of an account.
    pub fn of(settings: &EmailSettings) -> Self {
        Self::new(std::iter::once(&settings.address).chain(&settings.aliases))
    }

    fn has(&self, handle: &Handle) -> bool {
        self.0.iter().any(|own| own == handle.address.reveal())
    }
}

/// A message as it came from a server or a file.
#[derive(Clone)]
pub struct Arrival {
    /// Its name.
    pub remote_id: RemoteId,
    /// Its bytes; of a large one, header and text.
    pub raw: Vec<u8>,
    /// Of a large one, what stayed on the server.
    pub left: Option<Vec<Left>>,
    /// When the server got it.
    pub received_at: Option<Timestamp>,
    /// Whether it was read elsewhere.
    pub seen: bool,
    /// Whether it lies among the sent mail.
    pub in_sent: bool,
    /// The server's own id of the whole thread.
    pub thread: Option<String>,
}

impl Arrival {
    /// A whole message of which nothing else is known.
    pub fn whole(remote_id: RemoteId, raw: Vec<u8>) -> Self {
        Self {
            remote_id,
            raw,
            left: None,
            received_at: None,
            seen: false,
            in_sent: false,
            thread: None,
        }
    }
}

/// Reads a mail from outside a mailbox: an mbox, a Maildir, an `.eml` file. `received_at` is what the
/// archive says of its arrival, `seen` whether it was read there.
pub fn item_from_raw(
    raw: Vec<u8>,
    own: &Own,
    received_at: Option<Timestamp>,
    seen: bool,
    remote_id: RemoteId,
) -> Item {
    let arrival = Arrival {
        received_at,
        seen,
        ..Arrival::whole(remote_id, raw)
    };
    read(arrival, own)
}

/// Reads a mail.
pub fn read(arrival: Arrival, own: &Own) -> Item {
    let mime::Parsed { mail, problems } = mime::parse(&arrival.raw);
    let unreadable = problems.contains(&mime::Problem::Unreadable);
    let from = mail.from.as_ref().or(mail.sender.as_ref()).map(handle);
    let reply_to = mail.reply_to.iter().map(handle).find(is_address);
    let recipients: Vec<Handle> = mail
        .to
        .iter()
        .chain(&mail.cc)
        .map(handle)
        .filter(is_address)
        .collect();
    let parties = Parties::find(from, reply_to, recipients, arrival.in_sent, own);

    let received_at = arrival
        .received_at
        .or(mail.date.map(Timestamp::from_millis))
        .unwrap_or_default();
    let sent_at = plausible(mail.date.map(Timestamp::from_millis), received_at);
    let mut remarks: Vec<String> = problems
        .iter()
        .map(|problem| sentence(*problem).to_owned())
        .collect();
    let mut attachments: Vec<InboundAttachment> =
        mail.attachments.into_iter().map(attachment).collect();
    if let Some(left) = arrival.left {
        remarks.push(
            "The message is larger than 25 MB; its attachments are fetched when opened.".to_owned(),
        );
        attachments.extend(left.into_iter().map(Left::describe));
    }
    let mut parents = mail.in_reply_to;
    for id in mail.references.into_iter().rev() {
        if !parents.contains(&id) {
            parents.push(id);
        }
    }
    Item {
        remote_id: arrival.remote_id,
        fingerprint: Fingerprint(Sha256::digest(&arrival.raw).into()),
        channel: Channel::Email,
        visibility: Visibility::Private,
        direction: parties.direction,
        contact: parties.contact,
        others: parties.others,
        reply_to: parties.reply_to,
        sent_at,
        received_at,
        thread: ThreadKeys {
            own: mail.message_id.value,
            parents,
            native: arrival.thread,
            subject: mime::normalise_subject(&mail.subject).to_lowercase(),
        },
        subject: PatientText::new(mail.subject),
        folds: mail.quoted.into_iter().filter_map(fold).collect(),
        text: PatientText::new(mail.text),
        html: mail.html.map(|html| PatientText::new(html.into_string())),
        attachments,
        automatic: mail.automatic.map(automatic),
        delivery: mail.bounce.map(delivery),
        protection: match mail.protection {
            mime::Protection::None => Protection::None,
            mime::Protection::Signed(_) => Protection::Signed,
            mime::Protection::Encrypted(_) => Protection::Encrypted,
        },
        seen: arrival.seen,
        raw: unreadable.then_some(arrival.raw),
        problems: remarks,
    }
}

fn handle(address: &mime::Address) -> Handle {
    Handle::email(&address.email, &address.name)
}

fn is_address(handle: &Handle) -> bool {
    !handle.address.is_empty()
}

/// Who is who on a mail.
struct Parties {
    direction: Direction,
    contact: Handle,
    others: Vec<Handle>,
    reply_to: Option<Handle>,
}

impl Parties {
    /// Mail among the sent is outbound, and so is mail from an own address, unless it asks for answers to
    /// somebody else (as the practice's own contact form does) or went to nobody else.
    fn find(
        from: Option<Handle>,
        reply_to: Option<Handle>,
        recipients: Vec<Handle>,
        in_sent: bool,
        own: &Own,
    ) -> Self {
        let from = from.unwrap_or_else(|| Handle::email("", ""));
        let asks_for = reply_to.filter(|handle| !own.has(handle));
        let foreign: Vec<Handle> = {
            let mut seen = Vec::new();
            for handle in recipients {
                let twice = seen
                    .iter()
                    .any(|other: &Handle| other.address == handle.address);
                if !own.has(&handle) && !twice {
                    seen.push(handle);
                }
            }
            seen
        };
        let outbound = in_sent || (own.has(&from) && asks_for.is_none() && !foreign.is_empty());
        if outbound {
            let mut foreign = foreign.into_iter();
            return Self {
                direction: Direction::Outbound,
                contact: foreign.next().unwrap_or(from),
                others: foreign.collect(),
                reply_to: None,
            };
        }
        let contact = if own.has(&from) {
            asks_for.clone().unwrap_or(from)
        } else {
            from
        };
        Self {
            direction: Direction::Inbound,
            others: foreign
                .into_iter()
                .filter(|handle| handle.address != contact.address)
                .collect(),
            reply_to: asks_for.filter(|handle| handle.address != contact.address),
            contact,
        }
    }
}

/// When a mail was sent, as far as that can be believed: not before mail existed, and not more than a
/// day after it arrived.
fn plausible(stated: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    const DAY_MS: i64 = 86_400_000;
    /// 1 January 1982, when RFC 822 was being written.
    const EARLIEST: Timestamp = Timestamp::from_millis(378_691_200_000);
    match stated {
        Some(stated) if stated >= EARLIEST && stated <= received_at.plus_millis(DAY_MS) => stated,
        _ => received_at,
    }
}

fn fold(quoted: mime::Quoted) -> Option<Fold> {
    Some(Fold {
        kind: match quoted.kind {
            mime::QuotedKind::Signature => FoldKind::Signature,
            _ => FoldKind::Quote,
        },
        start: quoted.range.start.try_into().ok()?,
        end: quoted.range.end.try_into().ok()?,
    })
}

pub(super) fn attachment(file: mime::Attachment) -> InboundAttachment {
    // Nothing recognised in the bytes: what the sender claims is the best there is.
    let claimed =
        file.detected_type == "application/octet-stream" && !file.declared_type.is_empty();
    InboundAttachment {
        name: file.name.as_str().to_owned(),
        media_type: if claimed {
            file.declared_type
        } else {
            file.detected_type.to_owned()
        },
        inline: file.inline,
        content_id: file.content_id,
        danger: file.danger.map(danger),
        size: file.size as u64,
        data: Some(file.data),
    }
}

const fn danger(danger: mime::Danger) -> Danger {
    match danger {
        mime::Danger::Mismatch | mime::Danger::Disguised => Danger::Disguised,
        mime::Danger::ActiveDocument => Danger::ActivePage,
        mime::Danger::Macros | mime::Danger::Script => Danger::Script,
        mime::Danger::DiskImage => Danger::Container,
        mime::Danger::Shortcut => Danger::Shortcut,
        mime::Danger::Executable => Danger::Program,
    }
}

const fn automatic(kind: mime::Automatic) -> AutomaticKind {
    match kind {
        mime::Automatic::DeliveryReport | mime::Automatic::ReadReceipt => AutomaticKind::Report,
        mime::Automatic::Reply => AutomaticKind::Reply,
        mime::Automatic::List | mime::Automatic::Bulk => AutomaticKind::List,
        mime::Automatic::Generated | mime::Automatic::NullSender => AutomaticKind::Notice,
    }
}

fn delivery(bounce: mime::Bounce) -> DeliveryReport {
    DeliveryReport {
        message_id: bounce.original_message_id,
        outcome: match bounce.action {
            mime::BounceAction::Delivered => DeliveryOutcome::Delivered,
            mime::BounceAction::Delayed => DeliveryOutcome::Delayed,
            mime::BounceAction::Failed => DeliveryOutcome::Failed,
        },
        status: bounce.status.unwrap_or_default(),
        diagnostic: PatientText::new(bounce.diagnostic.unwrap_or_default()),
    }
}

/// What was odd about a message, for staff.
const fn sentence(problem: mime::Problem) -> &'static str {
    use mime::Problem;
    match problem {
        Problem::Unreadable => "This is not a readable mail; it is shown as it came.",
        Problem::HeaderTooLarge => "The header is too long; its end was not read.",
        Problem::DamagedHeader => "Parts of the header are damaged.",
        Problem::RepeatedField => {
            "The header names author, subject or date more than once; the first counts."
        }
        Problem::MissingMessageId => "The message has no id of its own.",
        Problem::MissingFrom => "The message does not say who wrote it.",
        Problem::UnreadableDate => "The message does not say when it was sent.",
        Problem::TooManyParts => "The message has too many parts; the rest was not read.",
        Problem::TooDeep => "The message is nested too deeply; what lies deeper was not read.",
        Problem::MissingBoundary => {
            "The parts of the message cannot be told apart; it is shown as text."
        }
        Problem::Truncated => "The message ends too early.",
        Problem::DamagedEncoding => "Parts of the message are damaged.",
        Problem::UnknownCharset => "The message is written in an unknown character set.",
        Problem::TextTooLong => "The text is too long; its end was left out.",
        Problem::UncleanableHtml => {
            "The formatted version cannot be shown safely; the plain text is shown."
        }
        Problem::UnreadableCalendar => "An appointment in the message cannot be read.",
    }
}

#[cfg(test)]
mod tests;
