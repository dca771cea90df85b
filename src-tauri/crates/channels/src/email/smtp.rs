//! Handing in a mail (RFC 5321, 6409).
//!
//! Why not `lettre`'s transport: it answers a send with one error, whether the connection broke before
//! the message's end or after it. That difference is the whole point here. Before the final dot nothing
//! has been taken over, and the mail may be tried again. After it, silence means that nobody knows, and
//! only reading back or a person may decide. So the dialogue is held here, step by step, for exactly one
//! recipient; composing stays with `lettre`.

use std::time::Duration;

use domain::outbox::SendFailure;
use domain::text::PatientText;
use futures::FutureExt;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::compose::Composed;
use super::net::{self, BoxedStream};
use super::sasl::Mechanism;
use super::settings::{Auth, Endpoint, Security};
use crate::connector::Reason;
use crate::error::{ChannelError, ConnectFailure, SignInFailure, TlsFailure};

/// How long an answer to a command may take (RFC 5321 §4.5.3.2 allows 5 minutes; servers with more to
/// think about than we would wait for answer at the final dot).
const COMMAND: Duration = Duration::from_secs(60);
/// How long a piece of the message may take to leave.
const PIECE: Duration = Duration::from_secs(180);
/// How long the answer to the final dot may take (RFC 5321 §4.5.3.2.6). Giving up earlier makes
/// doubtful sends out of slow ones.
const FINAL: Duration = Duration::from_secs(600);
/// How many lines an answer may have, and how long one may be.
const LINES: usize = 200;
const LINE: usize = 8 * 1024;

/// How handing in a mail ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The server took it over, with these words.
    Over(PatientText),
    /// The server refused it for good.
    Refused {
        /// What kind of refusal.
        failure: SendFailure,
        /// The reason.
        why: Reason,
    },
    /// Nothing was taken over; it may be tried again.
    Deferred {
        /// The reason.
        why: Reason,
    },
    /// The signing in or connecting failed; nothing was said about the mail.
    Unreached(ChannelError),
    /// The connection ended after the final dot and before the answer.
    Uncertain {
        /// What happened.
        why: Reason,
    },
}

/// Signs in and leaves again.
pub async fn check(endpoint: &Endpoint, user: &str, auth: &Auth) -> Result<(), ChannelError> {
    let mut client = Client::open(endpoint, user, auth).await?;
    client.quit().await;
    Ok(())
}

/// Hands in a mail.
pub async fn hand_in(endpoint: &Endpoint, user: &str, auth: &Auth, mail: &Composed) -> Handed {
    let mut client = match Client::open(endpoint, user, auth).await {
        Ok(client) => client,
        Err(error) => return Handed::Unreached(error),
    };
    let handed = client.transact(mail).await;
    if !matches!(handed, Handed::Uncertain { .. }) {
        client.quit().await;
    }
    handed
}

/// An answer of the server.
#[derive(Clone, PartialEq, Eq)]
struct Reply {
    code: u16,
    /// The enhanced status code (RFC 2034), where given.
    enhanced: Option<String>,
    lines: Vec<String>,
}

impl Reply {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }

    fn is_temporary(&self) -> bool {
        (400..500).contains(&self.code)
    }

    fn enhanced(&self) -> &str {
        self.enhanced.as_deref().unwrap_or_default()
    }

    fn text(&self) -> String {
        self.lines.join(" ")
    }

    fn says(&self, words: &str) -> bool {
        self.text().to_lowercase().contains(words)
    }

    fn notice(&self) -> PatientText {
        PatientText::new(format!("{} {}", self.code, self.text()))
    }

    fn because(&self, sentence: &str) -> Reason {
        let code = match &self.enhanced {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        };
        Reason {
            sentence: sentence.to_owned(),
            code: Some(code),
            answer: self.notice(),
        }
    }
}

/// A signed-in connection.
struct Client {
    stream: BufReader<BoxedStream>,
    endpoint: Endpoint,
    /// What the server offers: keyword and parameters, upper case.
    offers: Vec<Vec<String>>,
}

impl Client {
    async fn open(endpoint: &Endpoint, user: &str, auth: &Auth) -> Result<Self, ChannelError> {
        let mut client = Self {
            stream: BufReader::new(net::connect(endpoint).await?),
            endpoint: endpoint.clone(),
            offers: Vec::new(),
        };
        let greeting = client.reply(COMMAND).await?;
        if !greeting.is_success() {
            return Err(client.not_now(&greeting, "greeting"));
        }
        client.hello().await?;
        if endpoint.security == Security::StartTls {
            client = client.start_tls().await?;
        }
        client.sign_in(user, auth).await?;
        Ok(client)
    }

    /// The loopback literal on purpose: neither the computer's name nor its address is the server's affair,
    /// and both would stand in the recipient's copy.
    async fn hello(&mut self) -> Result<(), ChannelError> {
        let reply = self.command("EHLO [127.0.0.1]").await?;
        if !reply.is_success() {
            return Err(self.not_now(&reply, "EHLO"));
        }
        let words = |line: &String| -> Vec<String> {
            // `AUTH=PLAIN` is what very old servers write.
            let line = line.to_ascii_uppercase().replace('=', " ");
            line.split_ascii_whitespace().map(str::to_owned).collect()
        };
        self.offers = reply.lines.iter().skip(1).map(words).collect();
        Ok(())
    }

    async fn start_tls(mut self) -> Result<Self, ChannelError> {
        let not_offered = ChannelError::Tls {
            host: self.endpoint.host.clone(),
            why: TlsFailure::NotOffered,
            shown: None,
        };
        if self.offer("STARTTLS").is_none() || !self.command("STARTTLS").await?.is_success() {
            return Err(not_offered);
        }
        // Anything said before the handshake was not said by the server we are about to know.
        if !self.stream.buffer().is_empty() {
            return Err(self.protocol("STARTTLS"));
        }
        let stream = net::encrypt(self.stream.into_inner(), &self.endpoint).await?;
        let mut client = Self {
            stream: BufReader::new(stream),
            endpoint: self.endpoint,
            offers: Vec::new(),
        };
        client.hello().await?;
        Ok(client)
    }

    fn offer(&self, keyword: &str) -> Option<&[String]> {
        self.offers
            .iter()
            .filter_map(|offer| offer.split_first())
            .find(|(first, _)| *first == keyword)
            .map(|(_, rest)| rest)
    }

    async fn sign_in(&mut self, user: &str, auth: &Auth) -> Result<(), ChannelError> {
        let Some(mechanisms) = self.offer("AUTH") else {
            // A server on this computer may trust whoever reaches it.
            return match self.endpoint.security {
                Security::PlainLoopbackOnly => Ok(()),
                _ => Err(self.sign_in_error(SignInFailure::NoCommonMethod, None)),
            };
        };
        let Some(mechanism) =
            Mechanism::choose(auth, |name| mechanisms.iter().any(|other| other == name))
        else {
            return Err(self.sign_in_error(SignInFailure::NoCommonMethod, None));
        };
        let first = mechanism.first(auth, user, &self.endpoint.host, self.endpoint.port);
        let begin = match first {
            Some(first) => format!("AUTH {} {first}", mechanism.name()),
            None => format!("AUTH {}", mechanism.name()),
        };
        let mut reply = self.command(&begin).await?;
        for round in 0..4 {
            if reply.code != 334 {
                break;
            }
            reply = self.command(&mechanism.answer(auth, user, round)).await?;
        }
        if reply.is_success() {
            return Ok(());
        }
        let notice = Some(reply.notice());
        let why = if reply.is_temporary() || reply.code == 334 {
            return Err(self.not_now(&reply, "sign-in"));
        } else if reply.code == 534
            || reply.says("application-specific password")
            || reply.says("app password")
        {
            SignInFailure::AppPasswordNeeded
        } else if matches!(reply.enhanced(), "5.7.139" | "5.7.30") || reply.says("disabled") {
            SignInFailure::SwitchedOff
        } else {
            SignInFailure::WrongSecret
        };
        Err(self.sign_in_error(why, notice))
    }

    /// One mail, from MAIL to the answer to the final dot.
    async fn transact(&mut self, mail: &Composed) -> Handed {
        let size = mail.message.len() as u64;
        let limit: Option<u64> = self
            .offer("SIZE")
            .and_then(|limit| limit.first()?.parse().ok());
        if limit.is_some_and(|limit| limit > 0 && size > limit) {
            return Handed::Refused {
                failure: SendFailure::TooLarge,
                why: Reason::ours("The message is larger than the mail server accepts."),
            };
        }
        let mut from = format!("MAIL FROM:<{}>", mail.from);
        if self.offer("SIZE").is_some() {
            from.push_str(&format!(" SIZE={size}"));
        }
        if !mail.from.is_ascii() || !mail.to.is_ascii() {
            if self.offer("SMTPUTF8").is_none() {
                return Handed::Refused {
                    failure: SendFailure::UnknownRecipient,
                    why: Reason::ours("The mail server cannot deliver to this kind of address."),
                };
            }
            from.push_str(" SMTPUTF8");
        }
        let steps = [
            (from, Step::Mail),
            (format!("RCPT TO:<{}>", mail.to), Step::Recipient),
            ("DATA".to_owned(), Step::Data),
        ];
        for (command, step) in steps {
            let reply = match self.command(&command).await {
                Ok(reply) => reply,
                Err(error) => return Handed::Unreached(error),
            };
            let go_on = if step == Step::Data {
                reply.code == 354
            } else {
                reply.is_success()
            };
            if !go_on {
                return judge(&reply, step);
            }
        }
        fail::fail_point!("smtp-before-text");
        if let Err(error) = self.write_text(&mail.message).await {
            // The final dot was never written: the server must throw away what it has.
            return Handed::Unreached(error);
        }
        fail::fail_point!("smtp-before-dot");
        // A server that has something to say before the end, or has gone, does not want the end.
        match self.stream.fill_buf().now_or_never() {
            None => {}
            Some(Ok([]) | Err(_)) => {
                return Handed::Unreached(net::failed(&self.endpoint, ConnectFailure::Lost));
            }
            Some(Ok(_)) => {
                return match self.reply(COMMAND).await {
                    Ok(reply) => judge(&reply, Step::Text),
                    Err(error) => Handed::Unreached(error),
                };
            }
        }
        let uncertain = |sentence: &str| Handed::Uncertain {
            why: Reason::ours(sentence),
        };
        // From here on some of the dot may have left, whatever happens.
        if self.write(b".\r\n").await.is_err() {
            return uncertain("The connection broke while the message was being finished.");
        }
        fail::fail_point!("smtp-after-dot");
        match self.reply(FINAL).await {
            Ok(reply) if reply.is_success() => Handed::Over(reply.notice()),
            Ok(reply) if reply.code >= 400 => judge(&reply, Step::Text),
            Ok(_) => uncertain("The mail server's last answer could not be understood."),
            Err(_) => {
                uncertain("The connection broke before the mail server confirmed the message.")
            }
        }
    }

    /// The message without its final dot, and every byte of it handed to the system.
    async fn write_text(&mut self, message: &[u8]) -> Result<(), ChannelError> {
        for piece in stuffed(message).chunks(64 * 1024) {
            self.write(piece).await?;
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(PIECE, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(net::failed(&self.endpoint, ConnectFailure::Lost)),
            Err(_) => Err(net::failed(&self.endpoint, ConnectFailure::TimedOut)),
        }
    }

    async fn command(&mut self, line: &str) -> Result<Reply, ChannelError> {
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.reply(COMMAND).await
    }

    /// Reads an answer to its last line; one that is cut off is an error.
    async fn reply(&mut self, patience: Duration) -> Result<Reply, ChannelError> {
        let mut reply = Reply {
            code: 0,
            enhanced: None,
            lines: Vec::new(),
        };
        while reply.lines.len() < LINES {
            let line = self.line(patience).await?;
            let (code, rest) = line.split_at_checked(3).unwrap_or_default();
            let Ok(code) = code.parse::<u16>() else {
                return Err(self.protocol("an answer without a code"));
            };
            reply.code = code;
            let (last, text) = match rest.strip_prefix('-') {
                Some(text) => (false, text),
                None => (true, rest.strip_prefix(' ').unwrap_or(rest)),
            };
            let enhanced = text
                .split(' ')
                .next()
                .filter(|word| is_enhanced(word, code));
            reply.enhanced = enhanced.map(str::to_owned).or(reply.enhanced);
            reply.lines.push(text.to_owned());
            if last {
                return Ok(reply);
            }
        }
        Err(self.protocol("an answer without end"))
    }

    async fn line(&mut self, patience: Duration) -> Result<String, ChannelError> {
        let mut line = Vec::new();
        loop {
            let lost = |why| net::failed(&self.endpoint, why);
            let bytes = match timeout(patience, self.stream.fill_buf()).await {
                Err(_) => return Err(lost(ConnectFailure::TimedOut)),
                Ok(Ok([]) | Err(_)) => return Err(lost(ConnectFailure::Lost)),
                Ok(Ok(bytes)) => bytes,
            };
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(bytes.len(), |end| end + 1);
            line.extend_from_slice(bytes.get(..used).unwrap_or_default());
            self.stream.consume(used);
            if end.is_some() {
                return Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned());
            }
            if line.len() > LINE {
                return Err(self.protocol("a line without end"));
            }
        }
    }

    /// Says good-bye. What comes of it is of no consequence.
    async fn quit(&mut self) {
        let _ = timeout(Duration::from_secs(2), self.command("QUIT")).await;
    }

    fn protocol(&self, during: &'static str) -> ChannelError {
        ChannelError::Protocol {
            host: self.endpoint.host.clone(),
            during,
        }
    }

    fn sign_in_error(&self, why: SignInFailure, notice: Option<PatientText>) -> ChannelError {
        ChannelError::SignIn {
            host: self.endpoint.host.clone(),
            why,
            notice,
        }
    }

    /// The error of a server that does not want to talk.
    fn not_now(&self, reply: &Reply, during: &'static str) -> ChannelError {
        let host = self.endpoint.host.clone();
        if reply.says("too many") && (reply.says("connection") || reply.says("login")) {
            ChannelError::TooManyConnections { host }
        } else if reply.is_temporary() {
            ChannelError::Temporary {
                host,
                retry_after: None,
                notice: Some(reply.notice()),
            }
        } else {
            self.protocol(during)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Mail,
    Recipient,
    Data,
    Text,
}

/// What an answer that is no yes means for the mail.
fn judge(reply: &Reply, step: Step) -> Handed {
    if reply.is_temporary() {
        let sentence = match (reply.code, reply.enhanced()) {
            (450 | 451, "4.7.1") => "The recipient's mail server asks to try again a little later.",
            (452, _) | (_, "4.2.2") => {
                "The recipient's mailbox or the mail server is full at the moment."
            }
            (421 | 432, _) => "The mail server is busy at the moment.",
            _ => "The mail server could not take the message at the moment.",
        };
        return Handed::Deferred {
            why: reply.because(sentence),
        };
    }
    if reply.code < 500 {
        // Neither yes nor no before anything was taken over.
        return Handed::Deferred {
            why: reply.because("The mail server gave an unexpected answer."),
        };
    }
    let (failure, sentence) = match (reply.code, reply.enhanced(), step) {
        (530 | 534 | 535, _, _) | (_, "5.7.30" | "5.7.139" | "5.7.8" | "5.7.9", _) => (
            SendFailure::SignIn,
            "The mail server wants the account to sign in again.",
        ),
        (552, "5.3.4" | "", _) | (_, "5.3.4" | "5.2.3", _) => (
            SendFailure::TooLarge,
            "The message is larger than a mail server on its way accepts.",
        ),
        (_, "5.2.2", _) => (SendFailure::Refused, "The recipient's mailbox is full."),
        (_, "5.7.1", _) => (
            SendFailure::Refused,
            "The mail server's rules do not allow this message.",
        ),
        (_, enhanced, _) if enhanced.starts_with("5.1.") && step != Step::Mail => (
            SendFailure::UnknownRecipient,
            "The recipient's address does not exist.",
        ),
        // What servers say of an address that leads nowhere beside 5.1.1: OpenSMTPD says 5.2.4.
        (550 | 551 | 553, "", Step::Recipient) | (_, "5.2.1" | "5.2.4", Step::Recipient) => (
            SendFailure::UnknownRecipient,
            "The recipient's address does not exist or takes no mail.",
        ),
        _ => (SendFailure::Refused, "The mail server refused the message."),
    };
    Handed::Refused {
        failure,
        why: reply.because(sentence),
    }
}

/// `5.1.1`, of the same class as the code before it.
fn is_enhanced(word: &str, code: u16) -> bool {
    let numbers: Vec<&str> = word.split('.').collect();
    let numeric = numbers.iter().all(|part| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    numbers.len() == 3
        && numeric
        && numbers
            .first()
            .is_some_and(|class| *class == (code / 100).to_string())
}

/// The message as it travels: every line ended by CRLF, a dot doubled at the beginning of a line.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut travelling = Vec::with_capacity(message.len() + message.len() / 50 + 16);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        if bare.starts_with(b".") {
            travelling.push(b'.');
        }
        travelling.extend_from_slice(bare);
        travelling.extend_from_slice(b"\r\n");
    }
    travelling
}

#[cfg(test)]
mod tests;
