//! Waiting on an open folder (RFC 2177).

use std::time::Duration;

use domain::Clock;
use domain::time::Timestamp;
use tokio::time::Instant;

use super::session::Session;
use super::value::{Response, Status};
use crate::connector::Stop;
use crate::error::ChannelError;

/// How long one IDLE lasts: below the 10 minutes after which common routers forget a connection, and the
/// 29 of RFC 2177.
const IDLE: Duration = Duration::from_secs(9 * 60);
/// How often an IDLE looks whether the computer has slept.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(4);
/// By how much the wall clock must have run ahead to say that it has.
const SLEPT_MS: i64 = 20_000;

/// How an IDLE ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idled {
    /// The folder changed.
    News,
    /// Nothing happened in time.
    TimedOut,
    /// The caller asked to stop.
    Stopped,
    /// The computer has slept; connections are not to be trusted.
    Slept,
}

impl Session {
    /// Waits for a change in the open folder.
    pub async fn idle(
        &mut self,
        at_most: Duration,
        stop: &Stop,
        clock: &dyn Clock,
    ) -> Result<Idled, ChannelError> {
        let until = Instant::now() + at_most;
        loop {
            let round = until.min(Instant::now() + IDLE);
            let ended = self.idle_once(round, stop, clock).await?;
            if ended != Idled::TimedOut || Instant::now() >= until {
                return Ok(ended);
            }
        }
    }

    async fn idle_once(
        &mut self,
        until: Instant,
        stop: &Stop,
        clock: &dyn Clock,
    ) -> Result<Idled, ChannelError> {
        let tag = self.tag();
        self.wire.send(format!("{tag} IDLE\r\n").as_bytes()).await?;
        let mut news = false;
        loop {
            match self.wire.receive().await? {
                Response::Continue(_) => break,
                Response::Tagged { tag: ended, report } if ended == tag => {
                    return Err(self.refusal(report));
                }
                response => news |= self.is_news(response)?,
            }
        }
        let began = (clock.now(), Instant::now());
        let end = loop {
            if news {
                break Idled::News;
            }
            let tick = until.min(Instant::now() + LOOK_AT_CLOCK);
            let heard = tokio::select! {
                biased;
                () = stop.cancelled() => break Idled::Stopped,
                heard = self.wire.heard() => { heard?; true }
                () = tokio::time::sleep_until(tick) => false,
            };
            if heard {
                let response = self.wire.receive().await?;
                news = self.is_news(response)?;
            } else if slept(began, clock) {
                return Ok(Idled::Slept);
            } else if Instant::now() >= until {
                break Idled::TimedOut;
            }
        };
        self.wire.send(b"DONE\r\n").await?;
        loop {
            match self.wire.receive().await? {
                Response::Tagged { tag: ended, .. } if ended == tag => break,
                response => news |= self.is_news(response)?,
            }
        }
        Ok(if news && end == Idled::TimedOut {
            Idled::News
        } else {
            end
        })
    }

    /// Whether something changed in the folder; the end of the connection is an error.
    fn is_news(&self, response: Response) -> Result<bool, ChannelError> {
        match response {
            Response::Untagged(report) if report.status == Status::Bye => Err(self.refusal(report)),
            Response::Data { name, .. } => Ok(matches!(
                name.as_str(),
                "EXISTS" | "EXPUNGE" | "VANISHED" | "FETCH"
            )),
            _ => Ok(false),
        }
    }
}

fn slept((wall, steady): (Timestamp, Instant), clock: &dyn Clock) -> bool {
    let wall = clock.now().millis() - wall.millis();
    let steady = i64::try_from(steady.elapsed().as_millis()).unwrap_or(i64::MAX);
    wall - steady > SLEPT_MS
}
