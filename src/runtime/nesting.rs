//! How deep JSON may be nested. Many readers stop at 128 levels, and what is taken in stands in
//! answers, in states and in the journal with further levels around it.

/// The deepest body of a request, in levels.
pub const DEEPEST_BODY: usize = 100;
/// The deepest seed or state, in levels: what came with requests stands in it a little deeper.
pub const DEEPEST_DOCUMENT: usize = 110;

/// Whether there are more levels of arrays and objects than these, well-formed or not.
#[must_use]
pub fn is_deeper(json: &[u8], most: usize) -> bool {
    // Each level takes a byte at least.
    if json.len() <= most {
        return false;
    }
    let (mut levels, mut in_string, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => levels += 1,
            b']' | b'}' if !in_string => levels = levels.saturating_sub(1),
            _ => {}
        }
        if levels > most {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_outside_of_strings() {
        for (json, levels) in [
            ("[[1],[2],{}]", 2),
            (r#"{"a":[{"b":1}],"c":[]}"#, 3),
            (r#"["[[[[\"[[[[","\\",[]]"#, 2),
            ("]]]][[", 2),
            ("[[[[[[[[[[[[", 12),
            ("\"[[[[", 0),
        ] {
            for most in 0..14 {
                assert_eq!(is_deeper(json.as_bytes(), most), levels > most, "{json} {most}");
            }
        }
    }
}
