//! What a mail server is told when we sign in: the same for IMAP and SMTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::settings::Auth;

/// A way of signing in that the server offers and we can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 4616: user name and password in one message.
    Plain,
    /// User name and password one after the other.
    Login,
    /// Google's and Microsoft's bearer token.
    XOauth2,
    /// RFC 7628: the standard's bearer token.
    OauthBearer,
}

impl Mechanism {
    /// The best of those offered (upper case names) for this secret.
    pub fn choose(auth: &Auth, offered: impl Fn(&str) -> bool) -> Option<Self> {
        let candidates: &[Self] = match auth {
            Auth::Password(_) => &[Self::Plain, Self::Login],
            Auth::Token(_) => &[Self::XOauth2, Self::OauthBearer],
        };
        candidates
            .iter()
            .copied()
            .find(|mechanism| offered(mechanism.name()))
    }

    /// Its registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::XOauth2 => "XOAUTH2",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// What we say first, in base64; `None` where the server speaks first.
    pub fn first(self, auth: &Auth, user: &str, host: &str, port: u16) -> Option<String> {
        let secret = secret(auth);
        let message = match self {
            Self::Plain => format!("\0{user}\0{secret}"),
            Self::XOauth2 => format!("user={user}\x01auth=Bearer {secret}\x01\x01"),
            Self::OauthBearer => {
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {secret}\x01\x01")
            }
            Self::Login => return None,
        };
        Some(STANDARD.encode(message))
    }

    /// What we answer to the server's challenge number `round` (from 0) after the first message.
    /// After a refused token the server sends its reason as a challenge and waits for an answer that
    /// says nothing more.
    pub fn answer(self, auth: &Auth, user: &str, round: usize) -> String {
        match (self, round) {
            (Self::Login, 0) => STANDARD.encode(user),
            (Self::Login, 1) => STANDARD.encode(secret(auth)),
            (Self::OauthBearer, 0) => STANDARD.encode("\x01"),
            _ => String::new(),
        }
    }
}

fn secret(auth: &Auth) -> &str {
    match auth {
        Auth::Password(secret) | Auth::Token(secret) => secret.expose(),
    }
}

#[cfg(test)]
mod tests {
    use domain::text::Secret;

    use super::*;

    #[test]
    fn what_is_said_is_what_the_standards_print() {
        let password = Auth::Password(Secret::new("secret"));
        assert_eq!(
            Mechanism::Plain.first(&password, "tim", "h", 1).unwrap(),
            STANDARD.encode("\0tim\0secret")
        );
        // The example of Google's documentation of XOAUTH2.
        let token = Auth::Token(Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"));
        assert_eq!(
            Mechanism::XOauth2
                .first(&token, "someuser@example.com", "h", 1)
                .unwrap(),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
        assert_eq!(Mechanism::XOauth2.answer(&token, "x", 0), "");
        assert_eq!(
            Mechanism::choose(&password, |name| name == "LOGIN"),
            Some(Mechanism::Login)
        );
        assert_eq!(Mechanism::choose(&token, |name| name == "PLAIN"), None);
    }
}
