//! What a server's NO, BAD or BYE means (RFC 5530 and the habits of large providers).

use domain::text::PatientText;

use super::session::Session;
use super::value::{Report, Status};
use crate::error::{ChannelError, FolderFailure, SignInFailure, TlsFailure};

impl Session {
    pub(super) fn host(&self) -> String {
        self.wire.endpoint().host.clone()
    }

    pub(super) fn not_offered(&self) -> ChannelError {
        ChannelError::Tls {
            host: self.host(),
            why: TlsFailure::NotOffered,
            shown: None,
        }
    }

    pub(super) fn sign_in_error(
        &self,
        why: SignInFailure,
        notice: Option<PatientText>,
    ) -> ChannelError {
        ChannelError::SignIn {
            host: self.host(),
            why,
            notice,
        }
    }

    /// Why a sign-in failed.
    pub(super) fn sign_in_refusal(&self, report: Report) -> ChannelError {
        let text = report.text.to_lowercase();
        let why = if text.contains("application-specific password") || text.contains("app password")
        {
            SignInFailure::AppPasswordNeeded
        } else if report.has_code("CONTACTADMIN") || text.contains("disabled") {
            SignInFailure::SwitchedOff
        } else if is_temporary(&report)
            || report.has_code("LIMIT")
            || is_about_connections(&report.text)
        {
            return self.refusal(report);
        } else {
            SignInFailure::WrongSecret
        };
        self.sign_in_error(why, notice(&report))
    }

    /// What a NO, BAD or BYE means.
    pub(super) fn refusal(&self, report: Report) -> ChannelError {
        let folder = |why| ChannelError::Folder {
            folder: String::new(),
            why,
        };
        let code = report.code.as_ref().map_or("", |code| code.name.as_str());
        match code {
            "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED" => {
                self.sign_in_error(SignInFailure::WrongSecret, notice(&report))
            }
            "LIMIT" => ChannelError::TooManyConnections { host: self.host() },
            "NONEXISTENT" | "TRYCREATE" => folder(FolderFailure::Missing),
            "NOPERM" => folder(FolderFailure::NoPermission),
            "OVERQUOTA" => ChannelError::Full { host: self.host() },
            _ if is_about_connections(&report.text) => {
                ChannelError::TooManyConnections { host: self.host() }
            }
            _ if report.status == Status::Bad => self.wire.protocol("a command was not understood"),
            _ => ChannelError::Temporary {
                host: self.host(),
                retry_after: None,
                notice: notice(&report),
            },
        }
    }
}

fn notice(report: &Report) -> Option<PatientText> {
    (!report.text.is_empty()).then(|| PatientText::new(report.text.clone()))
}

pub(super) fn is_temporary(report: &Report) -> bool {
    ["UNAVAILABLE", "INUSE", "SERVERBUG"]
        .iter()
        .any(|code| report.has_code(code))
        || report.status == Status::Bye
}

pub(super) fn is_about_connections(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("too many")
        && (text.contains("connection") || text.contains("session") || text.contains("login"))
}
