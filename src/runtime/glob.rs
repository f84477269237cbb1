//! Paths and patterns for them. `*` stands for one segment, `**` for any number of them; the
//! version prefix counts in neither.

/// Whether the pattern is one for this path.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (segments(pattern).collect(), segments(path).collect());
    fits(&pattern, &path)
}

/// The path without `/v3` or `/v3.0` before it.
#[must_use]
pub fn unprefixed(path: &str) -> &str {
    let rest = path.strip_prefix("/v3.0").or_else(|| path.strip_prefix("/v3"));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// The path without the token that some routes name in it, for those who note down paths.
#[must_use]
pub fn without_token(path: &str) -> String {
    match path.split_once("/auth_tokens/") {
        Some((before, _)) => format!("{before}/auth_tokens/*****"),
        None => path.to_owned(),
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    unprefixed(path).split('/').skip(usize::from(path.starts_with('/')))
}

fn fits(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => {
            (0..=path.len()).any(|skipped| fits(rest, path.get(skipped..).unwrap_or_default()))
        }
        (["*", pattern @ ..], [_, path @ ..]) => fits(pattern, path),
        ([wanted, pattern @ ..], [found, path @ ..]) => wanted == found && fits(pattern, path),
        ([], [..]) | ([_, ..], []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_segments() {
        for (pattern, path) in [
            ("/calls", "/calls"),
            ("/calls", "/v3/calls"),
            ("/v3.0/calls", "/v3/calls"),
            ("/calls/*", "/v3/calls/x"),
            ("/calls/*/type", "/calls/x/type"),
            ("/users/**", "/users"),
            ("/users/**", "/v3.0/users/a/auth_tokens"),
            ("**", "/anything/at/all"),
            ("/**/type", "/calls/x/type"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/calls", "/calls/x"),
            ("/calls/*", "/calls"),
            ("/calls/*", "/calls/x/type"),
            ("/calls", "/users"),
            ("/call*", "/calls"),
            ("/v3x", "/x"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
