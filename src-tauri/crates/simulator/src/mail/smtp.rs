//! The submission server: RFC 6409 with AUTH, SIZE, 8BITMIME, SMTPUTF8 and PIPELINING.
//!
//! It takes a message exactly when it says 250 after the final dot, enters it in the ledger at that
//! moment and only then answers, so that a lost answer can be told from a lost message.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::faults::{LoginRefusal, SmtpFault};
use super::ledger::{Submission, message_id_of};
use super::world::Shared;

/// Without a fault, no message above this.
const SIZE_LIMIT: u64 = 36_700_160;

/// The connection is over.
struct Ended;

/// Serves connections until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut session = Session::new(stream, shared);
            // Whichever way it ended, the stream ends with a proper FIN.
            let _ = session.talk().await;
            let _ = session.writer.shutdown().await;
        });
    }
}

struct Session {
    shared: Arc<Shared>,
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    greeted: bool,
    signed_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        Self {
            shared,
            reader: BufReader::new(reader),
            writer,
            greeted: false,
            signed_in: false,
            from: None,
            to: Vec::new(),
        }
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        if self.strikes(|fault| *fault == SmtpFault::BusyOnConnect) {
            return self.say("421 4.3.2 Too busy, come back later").await;
        }
        self.say("220 simulator.riverside.example ESMTP").await?;
        loop {
            let line = self.line().await?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.hello().await?,
                "HELO" => {
                    self.greeted = true;
                    self.say("250 simulator.riverside.example").await?;
                }
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.reset();
                    self.say("250 2.0.0 Forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 Nothing done").await?,
                "VRFY" => self.say("252 2.5.0 Try it").await?,
                "QUIT" => return self.say("221 2.0.0 Until next time").await,
                _ => self.say("502 5.5.2 Unknown command").await?,
            }
        }
    }

    async fn hello(&mut self) -> Result<(), Ended> {
        self.greeted = true;
        self.reset();
        let auth = match self.shared.settings.capabilities.oauth_token {
            Some(_) => "XOAUTH2",
            None => "PLAIN LOGIN",
        };
        let size = self.size_limit();
        self.say(&format!(
            "250-simulator.riverside.example\r\n250-PIPELINING\r\n250-SIZE {size}\r\n250-8BITMIME\r\n\
             250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH {auth}"
        ))
        .await
    }

    async fn auth(&mut self, rest: &str) -> Result<(), Ended> {
        if self.signed_in || !self.greeted {
            return self.say("503 5.5.1 Not now").await;
        }
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let oauth = self.shared.settings.capabilities.oauth_token.clone();
        let (user, password) = match (mechanism.to_ascii_uppercase().as_str(), oauth) {
            ("PLAIN", None) => {
                let response = self.response(initial, "").await?;
                let mut fields = response.split(|byte| *byte == 0).skip(1);
                (
                    fields.next().unwrap_or_default().to_vec(),
                    fields.next().unwrap_or_default().to_vec(),
                )
            }
            ("LOGIN", None) => {
                let user = self.response(initial, "Username:").await?;
                (user, self.response("", "Password:").await?)
            }
            ("XOAUTH2", Some(token)) => return self.oauth(initial, &token).await,
            _ => return self.say("504 5.5.4 Mechanism not offered").await,
        };
        if let Some(refusal) = self.login_fault() {
            return self.say(&refusal).await;
        }
        let settings = &self.shared.settings;
        if user != settings.user.as_bytes() || password != settings.password.as_bytes() {
            return self.say("535 5.7.8 Authentication failed").await;
        }
        self.signed_in = true;
        self.say("235 2.7.0 Signed in").await
    }

    async fn oauth(&mut self, initial: &str, token: &str) -> Result<(), Ended> {
        let response = self.response(initial, "").await?;
        if let Some(refusal) = self.login_fault() {
            return self.say(&refusal).await;
        }
        let wanted = format!(
            "user={}\x01auth=Bearer {token}\x01\x01",
            self.shared.settings.user
        );
        if response == wanted.as_bytes() {
            self.signed_in = true;
            return self.say("235 2.7.0 Signed in").await;
        }
        let problem = STANDARD
            .encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}"#);
        self.say(&format!("334 {problem}")).await?;
        self.line().await?;
        self.say("535 5.7.8 Invalid credentials").await
    }

    /// What the client sends in answer to a challenge, unless it came with the command.
    async fn response(&mut self, initial: &str, challenge: &str) -> Result<Vec<u8>, Ended> {
        let line = if initial.is_empty() {
            self.say(&format!("334 {}", STANDARD.encode(challenge)))
                .await?;
            self.line().await?
        } else {
            initial.as_bytes().to_vec()
        };
        Ok(STANDARD.decode(line.trim_ascii()).unwrap_or_default())
    }

    fn login_fault(&self) -> Option<String> {
        let refusal = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::RefuseLogin(refusal) => Some(refusal.clone()),
                _ => None,
            })
        })?;
        Some(match refusal {
            LoginRefusal::WrongSecret => "535 5.7.8 Authentication failed".to_owned(),
            LoginRefusal::Unavailable => "454 4.7.0 Temporary authentication failure".to_owned(),
            LoginRefusal::TooManyConnections => "421 4.7.0 Too many connections".to_owned(),
            LoginRefusal::Alert(text) => format!("534 5.7.9 {text}"),
        })
    }

    async fn mail(&mut self, rest: &str) -> Result<(), Ended> {
        if !self.signed_in {
            return self.say("530 5.7.0 Sign in first").await;
        }
        if self.from.is_some() {
            return self.say("503 5.5.1 One sender at a time").await;
        }
        let Some((from, params)) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address>").await;
        };
        let answer = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::AtMail(answer) => Some(answer.clone()),
                _ => None,
            })
        });
        if let Some(answer) = answer {
            return self.say(&answer).await;
        }
        let declared = params
            .split_whitespace()
            .filter_map(|param| {
                param
                    .to_ascii_uppercase()
                    .strip_prefix("SIZE=")?
                    .parse::<u64>()
                    .ok()
            })
            .max();
        if declared.is_some_and(|size| size > self.size_limit()) {
            return self.say("552 5.3.4 Message too big").await;
        }
        self.from = Some(from);
        self.say("250 2.1.0 Sender ok").await
    }

    async fn rcpt(&mut self, rest: &str) -> Result<(), Ended> {
        let Some(from) = self.from.clone() else {
            return self.say("503 5.5.1 MAIL first").await;
        };
        let Some((to, _)) = path(rest, "TO:").filter(|(to, _)| to.contains('@')) else {
            return self.say("501 5.1.3 RCPT TO:<address>").await;
        };
        let answer = self.shared.strike(|faults| {
            let pair = (from.clone(), to.clone());
            let known = faults.greylisted.contains(&pair);
            let answer = faults.smtp(|fault| match fault {
                SmtpFault::AtRcpt(answer) => Some(answer.clone()),
                SmtpFault::Greylist if !known => {
                    Some("450 4.7.1 Greylisted, try again later".to_owned())
                }
                _ => None,
            });
            if !known
                && answer
                    .as_ref()
                    .is_some_and(|answer| answer.starts_with("450 4.7.1"))
            {
                faults.greylisted.push(pair);
            }
            answer
        });
        if let Some(answer) = answer {
            return self.say(&answer).await;
        }
        self.to.push(to);
        self.say("250 2.1.5 Recipient ok").await
    }

    async fn data(&mut self) -> Result<(), Ended> {
        let Some(from) = self.from.clone() else {
            return self.say("503 5.5.1 MAIL first").await;
        };
        if self.to.is_empty() {
            return self.say("503 5.5.1 No valid recipients").await;
        }
        if self.strikes(|fault| *fault == SmtpFault::CutBeforeData) {
            return Err(Ended);
        }
        let answer = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::AtData(answer) => Some(answer.clone()),
                _ => None,
            })
        });
        if let Some(answer) = answer {
            return self.say(&answer).await;
        }
        self.say("354 End with a dot on a line by itself").await?;
        let raw = self.message().await?;
        let to = std::mem::take(&mut self.to);
        self.reset();

        let message_id = message_id_of(&raw);
        self.shared.change(|world| world.ledger.offer(&message_id));
        if self.strikes(|fault| *fault == SmtpFault::CutAtDot) {
            return Err(Ended);
        }
        let answer = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::AtDot(answer) => Some(answer.clone()),
                _ => None,
            })
        });
        if let Some(answer) = answer {
            return self.say(&answer).await;
        }
        if raw.len() as u64 > self.size_limit() {
            return self.say("552 5.3.4 Message too big").await;
        }
        let at = self.shared.now();
        self.shared.submitted(Submission {
            message_id,
            from,
            to,
            at,
            raw: Arc::from(raw),
        });
        if self.strikes(|fault| *fault == SmtpFault::CutAfterDot) {
            return Err(Ended);
        }
        let number = self.shared.look(|world| world.ledger.submissions().len());
        self.say(&format!("250 2.0.0 Ok: queued as SIM{number:05}"))
            .await
    }

    /// The message up to the dot, dot-stuffing undone.
    async fn message(&mut self) -> Result<Vec<u8>, Ended> {
        let cut = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::CutMidData(after) => Some(*after),
                _ => None,
            })
        });
        let mut raw = Vec::new();
        loop {
            let line = self.line().await?;
            if line == b".\r\n" || line == b".\n" {
                return Ok(raw);
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            if cut.is_some_and(|after| raw.len() as u64 >= after) {
                return Err(Ended);
            }
        }
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn size_limit(&self) -> u64 {
        // A limit is a state, not a strike; it holds until the faults are cleared.
        self.shared
            .strike(|faults| {
                faults.smtp_state(|fault| match fault {
                    SmtpFault::SizeLimit(limit) => Some(*limit),
                    _ => None,
                })
            })
            .unwrap_or(SIZE_LIMIT)
    }

    fn strikes(&self, which: impl Fn(&SmtpFault) -> bool) -> bool {
        self.shared
            .strike(|faults| faults.smtp(|fault| which(fault).then_some(())))
            .is_some()
    }

    async fn line(&mut self) -> Result<Vec<u8>, Ended> {
        let mut line = Vec::new();
        self.reader
            .read_until(b'\n', &mut line)
            .await
            .map_err(|_| Ended)?;
        if line.ends_with(b"\n") {
            Ok(line)
        } else {
            Err(Ended)
        }
    }

    async fn say(&mut self, answer: &str) -> Result<(), Ended> {
        let delay = self.shared.strike(|faults| {
            faults.smtp(|fault| match fault {
                SmtpFault::Slow(delay) => Some(*delay),
                _ => None,
            })
        });
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        self.writer
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .map_err(|_| Ended)
    }
}

/// `FROM:<address> PARAMS`: the address and the parameters.
fn path(rest: &str, word: &str) -> Option<(String, String)> {
    let start = rest.get(..word.len())?;
    if !start.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, params) = rest
        .get(word.len()..)?
        .trim_start()
        .strip_prefix('<')?
        .split_once('>')?;
    Some((address.to_owned(), params.trim().to_owned()))
}
