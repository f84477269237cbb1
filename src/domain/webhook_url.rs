//! Which URLs a webhook can have: http or https, with a host and without blanks. The vendor takes
//! https alone; http is ours.

/// Why a URL is none for a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFlaw {
    /// It is none at all.
    NotAUrl,
    /// A user name or a password is in it, where everybody who is shown the URL reads them (ours).
    HasLogin,
}

/// Whether a webhook can have this URL.
///
/// # Errors
/// What is wrong with it.
pub fn check_webhook_url(text: &str) -> Result<(), UrlFlaw> {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let scheme = ["http://", "https://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = scheme.and_then(|scheme| text.get(scheme.len()..)).ok_or(UrlFlaw::NotAUrl)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlFlaw::HasLogin);
    }
    // The colons of an IPv6 address are within brackets.
    let address = authority.find(']').map_or(0, |end| end + 1);
    let (host, port) = match authority.get(address..).and_then(|rest| rest.split_once(':')) {
        Some((before, port)) => (authority.get(..address + before.len()), port),
        None => (Some(authority), ""),
    };
    let has_host = host.is_some_and(|host| !host.is_empty());
    let is_blank = text.chars().any(|c| c.is_whitespace() || c.is_control());
    if has_host && is_port(port) && !is_blank { Ok(()) } else { Err(UrlFlaw::NotAUrl) }
}

/// At most 65535, or left out behind its colon.
fn is_port(text: &str) -> bool {
    text.is_empty() || (text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_a_scheme_and_a_host() {
        for good in [
            "http://a",
            "HTTPS://a.b:1/x?y#z",
            "http://[::1]:8/",
            "http://[::1]",
            "http://[::]:8",
            "http://é.x",
            "http://h:65535/@",
            "http://h:/",
        ] {
            assert_eq!(check_webhook_url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "http:",
            "http://",
            "http:///x",
            "ftp://a",
            "http://a b",
            "http://:80",
            "é",
            "http://h:65536",
            "http://h:+1",
            "http://[::1]:99999/",
            "http://h:x",
        ] {
            assert_eq!(check_webhook_url(bad), Err(UrlFlaw::NotAUrl), "{bad}");
        }
        for login in ["http://u:p@h", "https://u@h/x", "http://u:p@:80"] {
            assert_eq!(check_webhook_url(login), Err(UrlFlaw::HasLogin), "{login}");
        }
    }
}
