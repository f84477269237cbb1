//! Figures out of turns, and tables out of figures.

use std::fmt;

/// What several turns came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    low: f64,
    high: f64,
}

impl Spread {
    /// Of nothing it is nothing.
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
        let last = figures.len().saturating_sub(1);
        let median = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        Self { median, low: at(0), high: at(last) }
    }
}

/// The median, and from where to where the turns went, if there were several.
impl fmt::Display for Spread {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = self;
        if low.total_cmp(high).is_eq() {
            return to.write_str(&short(*median));
        }
        write!(to, "{} ({}–{})", short(*median), short(*low), short(*high))
    }
}

/// Two digits that matter, or three.
pub(crate) fn short(figure: f64) -> String {
    let digits = if figure.abs() < 10.0 { 2 } else { usize::from(figure.abs() < 100.0) };
    format!("{figure:.digits$}")
}

/// A table as the README has it.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    missed: Vec<String>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Self { rows: vec![head], missed: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: &[&dyn fmt::Display]) {
        self.rows.push(cells.iter().map(ToString::to_string).collect());
    }

    /// Says whether a goal is met, for a cell of the table.
    pub(crate) fn goal(&mut self, what: &str, met: bool) -> &'static str {
        if met {
            return "met";
        }
        self.missed.push(what.to_owned());
        "missed"
    }

    /// What did not reach its goal.
    pub(crate) fn missed(&self) -> &[String] {
        &self.missed
    }
}

impl fmt::Display for Table {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, row) in self.rows.iter().enumerate() {
            writeln!(to, "| {} |", row.join(" | "))?;
            if index == 0 {
                writeln!(to, "| {} |", vec!["---"; row.len()].join(" | "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_is_between_two() {
        assert_eq!(Spread::of(vec![0.5]).to_string(), "0.50");
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]).to_string(), "2.00 (1.00–3.00)");
        assert_eq!(Spread::of(vec![40.0, 10.0, 20.0, 130.0]).to_string(), "30.0 (10.0–130)");
    }

    #[test]
    fn a_table_knows_what_was_missed() {
        let mut table = Table::new(&["what", ""]);
        let met = [table.goal("one", true), table.goal("other", false)];
        table.row(&[&"one", &met[0]]);
        table.row(&[&"other", &met[1]]);
        assert_eq!(
            table.to_string(),
            "| what |  |\n| --- | --- |\n| one | met |\n| other | missed |\n"
        );
        assert_eq!(table.missed(), ["other"]);
    }
}
