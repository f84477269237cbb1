//! Line breaks for JSON as it came over the wire: a parser would lose the order of the fields,
//! which is part of what is promised.

/// The widest line that is left in one piece.
const WIDTH: usize = 140;

pub fn fold(json: &str) -> String {
    let mut folded = String::new();
    write(&mut folded, json, 0, 0);
    folded
}

/// Writes a value; what stands before it on its line takes up `used` columns.
fn write(to: &mut String, value: &str, indent: usize, used: usize) {
    let is_nested = value.starts_with(['{', '[']) && value.len() > 2;
    if !is_nested || used + value.len() < WIDTH {
        to.push_str(value);
        return;
    }
    let (open, rest) = value.split_at(1);
    let (inside, close) = rest.split_at(rest.len() - 1);
    to.push_str(open);
    let members = split(inside);
    for (at, member) in members.iter().enumerate() {
        to.push('\n');
        to.extend(std::iter::repeat_n(' ', indent + 2));
        let value = if open == "{" { after_key(member) } else { 0 };
        to.push_str(&member[..value]);
        write(to, &member[value..], indent + 2, indent + 3 + value);
        if at + 1 < members.len() {
            to.push(',');
        }
    }
    to.push('\n');
    to.extend(std::iter::repeat_n(' ', indent));
    to.push_str(close);
}

/// Cuts at the commas that separate members, not at those inside them.
fn split(members: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, c) in outside_strings(members) {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&members[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&members[from..]);
    found
}

/// Where a member's value begins.
fn after_key(member: &str) -> usize {
    outside_strings(member).find(|(_, c)| *c == ':').map_or(0, |(at, _)| at + 1)
}

fn outside_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut inside, mut escaped) = (false, false);
    text.char_indices().filter(move |(_, c)| {
        let was_inside = inside;
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
        !was_inside && !inside
    })
}
