//! What is wrong with which field of a request.

/// Fields and what is wrong with each, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details(Vec<(String, Vec<String>)>);

impl Details {
    /// One field, one text.
    #[must_use]
    pub fn one(field: &str, text: impl Into<String>) -> Self {
        let mut details = Self::default();
        details.add(field, text);
        details
    }

    /// Adds a text to a field.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        match self.0.iter_mut().find(|(name, _)| name == field) {
            Some((_, texts)) => texts.push(text.into()),
            None => self.0.push((field.to_owned(), vec![text.into()])),
        }
    }

    /// Nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each field with its texts.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[String])> {
        self.0.iter().map(|(field, texts)| (field.as_str(), texts.as_slice()))
    }
}

impl std::fmt::Display for Details {
    /// The texts alone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<_> = self.iter().flat_map(|(_, texts)| texts).map(String::as_str).collect();
        f.write_str(&texts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_keep_their_order_and_collect_per_field() {
        let mut details = Details::one("b", "1");
        details.add("a", "2");
        details.add("b", "3");
        let flat: Vec<_> = details.iter().map(|(f, t)| (f, t.len())).collect();
        assert_eq!(flat, [("b", 2), ("a", 1)]);
    }
}
