//! Signing in by access key or by one-time link, and signing out.

use std::sync::{Arc, LazyLock};

use askama::Template;
use balefire_api::Timestamp;
use http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http::{Method, StatusCode};

use super::Console;
use super::form::{Form, href};
use super::reply::{Reply, STYLE_HREF};
use super::session::{Pass, Purpose, SESSION_MS};
use crate::context::Caller;
use crate::failure::Failure;
use crate::signature::Secret;

pub const PATH: &str = "/console/sign-in";
/// The longest form of this page.
const FORM_BYTES_MAX: usize = 4096;
/// The longest access key id of the AWS API.
const KEY_ID_LEN_MAX: usize = 128;
/// Unknown keys and wrong secrets are told apart by no word.
const REFUSED: &str =
    "This access key and secret do not sign in here. Check both, and that the key is active.";
const LINK_REFUSED: &str =
    "This link was used or is older than five minutes. Ask for a new one, or sign in below.";
const TOO_MANY: &str = "Too many sign-ins have failed. Wait a minute, then try again.";

/// What an unknown key's secret is compared with, so that it takes the time of a known one's.
static NO_SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new("0".repeat(40)));

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn<'a> {
    style: &'static str,
    error: Option<&'static str>,
    /// Where to go after.
    to: &'a str,
    /// A link's token that waits for a click, and whose it is.
    link: Option<(&'a str, String)>,
}

impl SignIn<'_> {
    fn reply(&self, status: StatusCode) -> Result<Reply, Failure> {
        Reply::page(status, self)
    }
}

fn form<'a>(to: &'a str, error: Option<&'static str>) -> SignIn<'a> {
    SignIn {
        style: &STYLE_HREF,
        error,
        to,
        link: None,
    }
}

/// The sign-in page for someone who asked for this page first.
pub fn ask_to_sign_in(parts: &Parts) -> Reply {
    let asked = parts
        .uri
        .path_and_query()
        .map_or("", |asked| asked.as_str());
    let to = if asked == "/console" { "" } else { asked };
    Reply::redirect(&href(PATH, &[("to", destination(to))]))
}

/// Only our own pages are gone to after signing in.
fn destination(to: &str) -> &str {
    let ours = to == "/console" || to.starts_with("/console/") || to.starts_with("/console?");
    let plain = to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours && plain { to } else { "" }
}

impl Console {
    /// The page, or what a link opens.
    pub(super) async fn show_sign_in(&self, parts: &Parts) -> Result<Reply, Failure> {
        let query = Form::read(parts.uri.query().unwrap_or_default());
        let to = destination(query.get("to").unwrap_or_default());
        let Some(token) = query.get("link") else {
            return form(to, None).reply(StatusCode::OK);
        };
        // A click on another site must not sign anyone in unasked, and a browser that only looks
        // ahead must not use the link up.
        let came_from = header(parts, "sec-fetch-site").unwrap_or("none");
        if parts.method == Method::GET && matches!(came_from, "none" | "same-origin") {
            return self.sign_in_by_link(token, to).await;
        }
        let now = self.clock.now();
        match self.sessions.open(Purpose::Link, token, now).await? {
            Some(pass) => {
                let mut page = form(to, None);
                page.link = Some((token, pass.account));
                page.reply(StatusCode::OK)
            }
            None => form(to, Some(LINK_REFUSED)).reply(StatusCode::FORBIDDEN),
        }
    }

    pub(super) async fn sign_in(&self, parts: &Parts, body: &[u8]) -> Result<Reply, Failure> {
        let sent = match posted(parts, body) {
            Ok(sent) => sent,
            Err(refusal) => return Ok(refusal),
        };
        let to = destination(sent.get("to").unwrap_or_default());
        if let Some(token) = sent.get("link") {
            return self.sign_in_by_link(token, to).await;
        }
        let key_id = sent.get("access_key_id").unwrap_or_default().trim();
        let secret = sent.get("secret_access_key").unwrap_or_default().trim();
        if key_id.is_empty() || key_id.len() > KEY_ID_LEN_MAX || secret.is_empty() {
            return form(to, Some(REFUSED)).reply(StatusCode::FORBIDDEN);
        }
        let now = self.clock.now();
        if !self.attempts.begin(key_id, now) {
            return form(to, Some(TOO_MANY)).reply(StatusCode::TOO_MANY_REQUESTS);
        }
        let holder = match self.holder(key_id).await {
            Ok(holder) => holder,
            // A key id that the store cannot even look for is a key that is not there.
            Err(Failure::Invalid(_)) => None,
            Err(failure) => return Err(failure),
        };
        let known = holder.as_ref().map_or(&*NO_SECRET, |holder| &holder.secret);
        let same = known.matches(secret);
        match holder {
            Some(holder) if same => {
                self.attempts.succeeded(key_id);
                Ok(self.welcome(&holder.caller, to, now))
            }
            _ => form(to, Some(REFUSED)).reply(StatusCode::FORBIDDEN),
        }
    }

    async fn sign_in_by_link(&self, token: &str, to: &str) -> Result<Reply, Failure> {
        let now = self.clock.now();
        if let Some(pass) = self.sessions.end(Purpose::Link, token, now).await?
            && let Some(caller) = self.caller_of(&pass).await?
        {
            return Ok(self.welcome(&caller, to, now));
        }
        form(to, Some(LINK_REFUSED)).reply(StatusCode::FORBIDDEN)
    }

    pub(super) async fn sign_out(&self, parts: &Parts, body: &[u8]) -> Result<Reply, Failure> {
        if let Err(refusal) = posted(parts, body) {
            return Ok(refusal);
        }
        if let Some(sealed) = cookie(parts, self.session_cookie()) {
            let now = self.clock.now();
            self.sessions.end(Purpose::Session, sealed, now).await?;
        }
        Ok(Reply::redirect(PATH).with_cookie(&self.cookie(self.session_cookie(), "", 0)))
    }

    /// The caller of a session that is still good.
    pub(super) async fn signed_in(&self, parts: &Parts) -> Result<Option<Arc<Caller>>, Failure> {
        let Some(sealed) = cookie(parts, self.session_cookie()) else {
            return Ok(None);
        };
        let now = self.clock.now();
        match self.sessions.open(Purpose::Session, sealed, now).await? {
            Some(pass) => self.caller_of(&pass).await,
            None => Ok(None),
        }
    }

    /// A pass is worth what its key is worth now.
    async fn caller_of(&self, pass: &Pass) -> Result<Option<Arc<Caller>>, Failure> {
        let holder = self.holder(&pass.access_key_id).await?;
        let caller = holder.map(|holder| holder.caller);
        Ok(caller.filter(|caller| caller.account == pass.account))
    }

    fn welcome(&self, caller: &Caller, to: &str, now: Timestamp) -> Reply {
        let sealed = self.sessions.seal(Purpose::Session, caller, now);
        let to = if to.is_empty() { "/console" } else { to };
        let cookie = self.cookie(self.session_cookie(), &sealed, SESSION_MS / 1000);
        Reply::redirect(to).with_cookie(&cookie)
    }

    /// With TLS the browser itself holds the cookie to this host and to encrypted requests.
    fn session_cookie(&self) -> &'static str {
        if self.secure_cookies {
            "__Host-balefire-session"
        } else {
            "balefire-session"
        }
    }

    pub(super) fn cookie(&self, name: &str, value: &str, lasts_s: i64) -> String {
        let secure = if self.secure_cookies { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}")
    }
}

/// The form of a POST from our own page.
fn posted(parts: &Parts, body: &[u8]) -> Result<Form, Reply> {
    if !same_site(parts) {
        let text = "This form was sent from another site. Open the console itself and try again.\n";
        return Err(Reply::plain(StatusCode::FORBIDDEN, text));
    }
    let kind = header(parts, CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = "The form must be sent as application/x-www-form-urlencoded.\n";
        return Err(Reply::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if body.len() > FORM_BYTES_MAX {
        let text = "The form is larger than 4096 bytes.\n";
        return Err(Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(Form::read(&String::from_utf8_lossy(body)))
}

/// Browsers say from where a POST comes; what says nothing is no browser.
fn same_site(parts: &Parts) -> bool {
    if let Some(site) = header(parts, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = header(parts, ORIGIN.as_str()) else {
        return !parts.headers.contains_key(ORIGIN);
    };
    let host = header(parts, HOST.as_str()).or(parts.uri.authority().map(|host| host.as_str()));
    let from = origin.split_once("://").map(|(_, host)| host);
    matches!((from, host), (Some(from), Some(host)) if from.eq_ignore_ascii_case(host))
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The first cookie of a name.
pub(super) fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let lines = parts.headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_only_to_pages_of_the_console() {
        for to in [
            "/console",
            "/console/findings?severity=5",
            "/console?region=x",
        ] {
            assert_eq!(destination(to), to);
        }
        for to in [
            "//evil.example",
            "https://evil.example/console",
            "/consolation",
            "/console/\\evil",
            "/console/a b",
            "/console/\r\nSet-Cookie:x",
            "",
        ] {
            assert_eq!(destination(to), "", "{to:?}");
        }
    }
}
