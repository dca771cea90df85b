//! Finding an account's servers by its address.
//!
//! In this order: providers known by name; what the domain announces (RFC 6186, RFC 8314 `_submissions`);
//! the provider that receives the domain's mail (MX), where it is a known one; names that servers usually
//! have, each tried. TLS from the first byte is preferred everywhere. Whatever comes out is a proposal
//! that a person sees and may change: names from DNS are unsigned, so a server outside the address's own
//! domain is marked to be confirmed before a password goes there.

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::rdata::{MX, SRV};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::net;
use super::settings::{Endpoint, Security};

/// What was found for an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// Where mail is read.
    pub imap: Option<Endpoint>,
    /// Where mail is handed in.
    pub smtp: Option<Endpoint>,
    /// The user name that such servers usually want.
    pub user_name: String,
    /// How the servers were found.
    pub found_by: FoundBy,
    /// The servers lie outside the address's own domain and nobody known vouches for them: a person should
    /// look at their names before signing in.
    pub confirm: bool,
    /// What the provider is particular about, for staff.
    pub hint: Option<String>,
}

/// How servers were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The address belongs to a known provider.
    Provider,
    /// The domain announces them.
    Announced,
    /// A known provider receives the domain's mail.
    MailExchanger,
    /// They have the names that such servers usually have, and answer.
    Guess,
    /// Not at all, or only one of the two.
    Nothing,
}

/// What discovery asks of the network.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The servers of an SRV name, best first: host and port.
    async fn srv(&self, name: &str) -> Vec<(String, u16)>;
    /// The hosts that receive a domain's mail, best first.
    async fn mx(&self, domain: &str) -> Vec<String>;
    /// Whether a mail server answers there, over a connection that is safe.
    async fn answers(&self, endpoint: &Endpoint) -> bool;
}

/// A provider and what it wants.
struct Provider {
    /// Domains of its addresses.
    domains: &'static [&'static str],
    /// How the hosts end that receive mail for domains it serves.
    exchangers: &'static [&'static str],
    imap: &'static str,
    smtp: (&'static str, u16),
    hint: Option<&'static str>,
}

const APP_PASSWORD: &str =
    "This provider wants an app password, made on its security page, instead of the usual one.";
const OWN_PAGE: &str =
    "Microsoft accepts no passwords for reading mail any more, only its own sign-in page.";
const SWITCH_ON: &str = "IMAP must first be switched on in this provider's web settings.";

const PROVIDERS: [Provider; 13] = [
    Provider {
        domains: &["gmail.com", "googlemail.com"],
        exchangers: &[".google.com", ".googlemail.com"],
        imap: "imap.gmail.com",
        smtp: ("smtp.gmail.com", 465),
        hint: Some(APP_PASSWORD),
    },
    Provider {
        domains: &[],
        exchangers: &[".mail.protection.outlook.com", ".mx.microsoft"],
        imap: "outlook.office365.com",
        smtp: ("smtp.office365.com", 587),
        hint: Some(OWN_PAGE),
    },
    Provider {
        domains: &["outlook.com", "hotmail.com", "live.com", "msn.com"],
        exchangers: &[],
        imap: "outlook.office365.com",
        smtp: ("smtp-mail.outlook.com", 587),
        hint: Some(OWN_PAGE),
    },
    Provider {
        domains: &["icloud.com", "me.com", "mac.com"],
        exchangers: &[".mail.icloud.com"],
        imap: "imap.mail.me.com",
        smtp: ("smtp.mail.me.com", 587),
        hint: Some(APP_PASSWORD),
    },
    Provider {
        domains: &[
            "yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "yahoo.de",
            "yahoo.co.uk",
        ],
        exchangers: &[".yahoodns.net"],
        imap: "imap.mail.yahoo.com",
        smtp: ("smtp.mail.yahoo.com", 465),
        hint: Some(APP_PASSWORD),
    },
    Provider {
        domains: &["aol.com"],
        exchangers: &[],
        imap: "imap.aol.com",
        smtp: ("smtp.aol.com", 465),
        hint: Some(APP_PASSWORD),
    },
    Provider {
        domains: &["fastmail.com", "fastmail.fm"],
        exchangers: &[".messagingengine.com"],
        imap: "imap.fastmail.com",
        smtp: ("smtp.fastmail.com", 465),
        hint: Some(APP_PASSWORD),
    },
    Provider {
        domains: &["gmx.de", "gmx.net", "gmx.at", "gmx.ch"],
        exchangers: &[".gmx.net"],
        imap: "imap.gmx.net",
        smtp: ("mail.gmx.net", 465),
        hint: Some(SWITCH_ON),
    },
    Provider {
        domains: &["gmx.com", "mail.com"],
        exchangers: &[],
        imap: "imap.gmx.com",
        smtp: ("mail.gmx.com", 465),
        hint: Some(SWITCH_ON),
    },
    Provider {
        domains: &["web.de"],
        exchangers: &[".web.de"],
        imap: "imap.web.de",
        smtp: ("smtp.web.de", 587),
        hint: Some(SWITCH_ON),
    },
    Provider {
        domains: &["t-online.de"],
        exchangers: &[],
        imap: "secureimap.t-online.de",
        smtp: ("securesmtp.t-online.de", 465),
        hint: Some("This provider wants its separate e-mail password."),
    },
    Provider {
        domains: &["posteo.de", "posteo.net"],
        exchangers: &[],
        imap: "posteo.de",
        smtp: ("posteo.de", 465),
        hint: None,
    },
    Provider {
        domains: &["mailbox.org"],
        exchangers: &[".mailbox.org"],
        imap: "imap.mailbox.org",
        smtp: ("smtp.mailbox.org", 465),
        hint: None,
    },
];

impl Provider {
    fn propose(&self, address: &str, found_by: FoundBy) -> Discovery {
        let (smtp, port) = self.smtp;
        Discovery {
            imap: Some(Endpoint::tls(self.imap, 993)),
            smtp: Some(submission(smtp.to_owned(), port)),
            user_name: address.to_owned(),
            found_by,
            confirm: false,
            hint: self.hint.map(str::to_owned),
        }
    }
}

fn submission(host: String, port: u16) -> Endpoint {
    if port == 465 {
        Endpoint::tls(host, port)
    } else {
        Endpoint::start_tls(host, port)
    }
}

/// Finds the servers of `address`. Never fails: what was not found is left open.
pub async fn discover(address: &str, lookup: &dyn Lookup) -> Discovery {
    let address = address.trim();
    let domain = address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain)
        .to_lowercase();
    let nothing = Discovery {
        imap: None,
        smtp: None,
        user_name: address.to_owned(),
        found_by: FoundBy::Nothing,
        confirm: false,
        hint: None,
    };
    if domain.is_empty() {
        return nothing;
    }
    if let Some(known) = PROVIDERS
        .iter()
        .find(|known| known.domains.contains(&domain.as_str()))
    {
        return known.propose(address, FoundBy::Provider);
    }
    let (announced, exchangers) = tokio::join!(announced(&domain, lookup), lookup.mx(&domain));
    if let (Some(imap), Some(smtp)) = &announced {
        return Discovery {
            confirm: !within(&imap.host, &domain) || !within(&smtp.host, &domain),
            imap: announced.0,
            smtp: announced.1,
            found_by: FoundBy::Announced,
            ..nothing
        };
    }
    let serves = |known: &&Provider| {
        let by = |host: &String| known.exchangers.iter().any(|suffix| host.ends_with(suffix));
        exchangers
            .iter()
            .any(|host| by(&host.trim_end_matches('.').to_lowercase()))
    };
    if let Some(known) = PROVIDERS.iter().find(serves) {
        return known.propose(address, FoundBy::MailExchanger);
    }
    let (imap, smtp) = tokio::join!(
        first_that_answers(guesses(&domain, &["imap.", "mail.", ""], &[993]), lookup),
        first_that_answers(
            guesses(&domain, &["smtp.", "mail.", ""], &[465, 587]),
            lookup
        ),
    );
    let (imap, smtp) = (announced.0.or(imap), announced.1.or(smtp));
    let outside = |endpoint: &Option<Endpoint>| {
        endpoint
            .as_ref()
            .is_some_and(|at| !within(&at.host, &domain))
    };
    Discovery {
        confirm: outside(&imap) || outside(&smtp),
        found_by: if imap.is_some() && smtp.is_some() {
            FoundBy::Guess
        } else {
            FoundBy::Nothing
        },
        imap,
        smtp,
        ..nothing
    }
}

/// What the domain announces for reading and for sending.
async fn announced(domain: &str, lookup: &dyn Lookup) -> (Option<Endpoint>, Option<Endpoint>) {
    let ask = |service: &'static str| async move {
        let found = lookup.srv(&format!("_{service}._tcp.{domain}.")).await;
        // A single dot says that the service is not offered.
        let (host, port) = found
            .into_iter()
            .find(|(host, _)| !host.trim_end_matches('.').is_empty())?;
        Some((host.trim_end_matches('.').to_lowercase(), port))
    };
    let (imaps, imap, submissions, plain) = tokio::join!(
        ask("imaps"),
        ask("imap"),
        ask("submissions"),
        ask("submission")
    );
    let tls = |(host, port)| Endpoint::tls(host, port);
    let start_tls = |(host, port)| Endpoint::start_tls(host, port);
    (
        imaps.map(tls).or(imap.map(start_tls)),
        submissions.map(tls).or(plain.map(start_tls)),
    )
}

fn within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn guesses(domain: &str, prefixes: &[&str], ports: &[u16]) -> Vec<Endpoint> {
    let of = |prefix: &&str| {
        let host = format!("{prefix}{domain}");
        let endpoint = move |port: &u16| match port {
            993 => Endpoint::tls(host.clone(), 993),
            port => submission(host.clone(), *port),
        };
        ports.iter().map(endpoint).collect::<Vec<_>>()
    };
    prefixes.iter().flat_map(of).collect()
}

/// All are tried at once; of those that answer the first in the list is taken.
async fn first_that_answers(endpoints: Vec<Endpoint>, lookup: &dyn Lookup) -> Option<Endpoint> {
    let answers = join_all(endpoints.iter().map(|endpoint| lookup.answers(endpoint))).await;
    endpoints
        .into_iter()
        .zip(answers)
        .find(|(_, answers)| *answers)
        .map(|(endpoint, _)| endpoint)
}

/// The system's name servers, and real connections.
pub struct SystemLookup {
    resolver: Option<TokioResolver>,
}

/// How long a look-up or a try may take.
const PATIENCE: Duration = Duration::from_secs(8);

impl SystemLookup {
    /// Reads the system's name server settings; without any, nothing is found by name.
    pub fn new() -> Self {
        Self {
            resolver: TokioResolver::builder_tokio()
                .ok()
                .map(hickory_resolver::ResolverBuilder::build),
        }
    }
}

impl Default for SystemLookup {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Lookup for SystemLookup {
    async fn srv(&self, name: &str) -> Vec<(String, u16)> {
        let Some(resolver) = &self.resolver else {
            return Vec::new();
        };
        let Ok(Ok(found)) = timeout(PATIENCE, resolver.srv_lookup(name)).await else {
            return Vec::new();
        };
        let mut records: Vec<&SRV> = found.iter().collect();
        records.sort_by_key(|record| (record.priority(), u16::MAX - record.weight()));
        records
            .into_iter()
            .map(|record| (record.target().to_ascii(), record.port()))
            .collect()
    }

    async fn mx(&self, domain: &str) -> Vec<String> {
        let Some(resolver) = &self.resolver else {
            return Vec::new();
        };
        let Ok(Ok(found)) = timeout(PATIENCE, resolver.mx_lookup(domain)).await else {
            return Vec::new();
        };
        let mut records: Vec<&MX> = found.iter().collect();
        records.sort_by_key(|record| record.preference());
        records
            .into_iter()
            .map(|record| record.exchange().to_ascii())
            .collect()
    }

    async fn answers(&self, endpoint: &Endpoint) -> bool {
        let greeting = async {
            let mut stream = net::connect(endpoint).await.ok()?;
            let mut first = [0; 3];
            stream.read_exact(&mut first).await.ok()?;
            let expected: &[u8] = if endpoint.security == Security::Tls && endpoint.port == 993 {
                b"* O"
            } else {
                b"220"
            };
            (first == expected).then_some(())
        };
        timeout(PATIENCE, greeting).await.ok().flatten().is_some()
    }
}

#[cfg(test)]
mod tests;
