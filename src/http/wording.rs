//! What is said of a field that is wrong, in the words of the vendor's framework (seen).

pub(super) fn required(name: &str) -> String {
    format!("The {name} field is required.")
}

pub(super) fn too_long(name: &str, most: usize) -> String {
    format!("The {name} must not be greater than {most} characters.")
}

pub(super) fn not_a_string(name: &str) -> String {
    format!("The {name} must be a string.")
}

pub(super) fn not_an_array(name: &str) -> String {
    format!("The {name} must be an array.")
}
