//! The README's figures, each part between markers of its own.

use std::{fs, path::Path};

use crate::Outcome;

const END: &str = "<!-- bench end -->";

/// Puts in what was measured. What was not stays, if it is of the same machine.
pub(crate) fn write(machine: &str, measured: &[(&str, String)]) -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let mut text = fs::read_to_string(&file)?;
    let parts = crate::PARTS.len();
    if measured.len() < parts && between(&text, "machine")?.1.trim() != machine {
        return Err("the README has the figures of another machine; measure all parts".into());
    }
    text = replaced(&text, "machine", machine)?;
    for (name, figures) in measured {
        text = replaced(&text, name, figures)?;
    }
    Ok(fs::write(file, text)?)
}

fn replaced(text: &str, name: &str, by: &str) -> Outcome<String> {
    let (before, _, after) = between(text, name)?;
    Ok(format!("{before}\n\n{}\n\n{after}", by.trim()))
}

/// What is before, between and behind the markers, which themselves are before and behind.
fn between<'a>(text: &'a str, name: &str) -> Outcome<(&'a str, &'a str, &'a str)> {
    let begin = format!("<!-- bench {name} -->");
    let missing = || format!("the README lacks {begin} … {END}");
    let from = text.find(&begin).ok_or_else(missing)? + begin.len();
    let (before, rest) = text.split_at(from);
    let (between, after) = rest.split_at(rest.find(END).ok_or_else(missing)?);
    Ok((before, between, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() -> Outcome {
        let text = "a\n<!-- bench core -->\nold\n<!-- bench end -->\nb\n\
                    <!-- bench flat -->\n<!-- bench end -->\nc";
        assert_eq!(
            replaced(text, "core", "new\n")?,
            "a\n<!-- bench core -->\n\nnew\n\n<!-- bench end -->\nb\n\
             <!-- bench flat -->\n<!-- bench end -->\nc"
        );
        assert!(replaced(text, "small", "new").is_err());
        Ok(())
    }
}
