//! JSON pointers of contracts, where `*` stands for every item of an array, and the single places that they name.

use serde_json::Value;

/// One step of a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A member of an object, or an item of an array by its number.
    Named(String),
    EveryItem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer {
    pub text: String,
    steps: Vec<Step>,
}

/// A single place in the data, and the items that were chosen for each `*` on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Concrete {
    pub text: String,
    items: Vec<usize>,
}

impl Pointer {
    pub fn parse(text: &str) -> Self {
        let step = |step: &str| match step {
            "*" => Step::EveryItem,
            name => Step::Named(name.replace("~1", "/").replace("~0", "~")),
        };
        Self { text: text.to_owned(), steps: text.split('/').skip(1).map(step).collect() }
    }

    pub fn depth(&self) -> usize {
        self.steps.len()
    }

    /// How many first steps two pointers have in common.
    pub fn common(&self, other: &Self) -> usize {
        self.steps.iter().zip(&other.steps).take_while(|(one, two)| one == two).count()
    }

    /// Whether beyond its first `steps` it names several places.
    pub fn is_many_beyond(&self, steps: usize) -> bool {
        self.steps.iter().skip(steps).any(|step| *step == Step::EveryItem)
    }

    /// How many `*` are among its first `steps`.
    pub fn stars_within(&self, steps: usize) -> usize {
        self.steps.iter().take(steps).filter(|step| **step == Step::EveryItem).count()
    }

    /// The places that it names in this data. Those whose first items are not `given` are left out.
    pub fn places(&self, data: &Value, given: &[usize]) -> Vec<Concrete> {
        let mut found = vec![(data, Concrete { text: String::new(), items: Vec::new() })];
        for step in &self.steps {
            let mut next = Vec::new();
            for (value, place) in found {
                advance(value, place, step, given, &mut next);
            }
            found = next;
        }
        found.into_iter().map(|(_, place)| place).collect()
    }
}

fn advance<'v>(
    value: &'v Value,
    place: Concrete,
    step: &Step,
    given: &[usize],
    next: &mut Vec<(&'v Value, Concrete)>,
) {
    match (value, step) {
        (Value::Array(items), Step::EveryItem) => {
            let wanted = given.get(place.items.len());
            let chosen = items.iter().enumerate().filter(|(at, _)| wanted.is_none_or(|wanted| wanted == at));
            next.extend(chosen.map(|(at, item)| {
                let items = [&place.items[..], &[at]].concat();
                (item, Concrete { text: format!("{}/{at}", place.text), items })
            }));
        }
        (Value::Array(items), Step::Named(name)) => {
            if let Some(item) = name.parse().ok().and_then(|at: usize| items.get(at)) {
                next.push((item, place.with(name)));
            }
        }
        (Value::Object(members), Step::Named(name)) => {
            if let Some(member) = members.get(name) {
                next.push((member, place.with(name)));
            }
        }
        _ => {}
    }
}

impl Concrete {
    fn with(mut self, name: &str) -> Self {
        self.text.push('/');
        self.text.push_str(&escape(name));
        self
    }

    /// The items chosen for the first `*`.
    pub fn items(&self, first: usize) -> &[usize] {
        &self.items[..first.min(self.items.len())]
    }
}

pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_names_every_item_and_only_the_given_one_where_one_is_given() {
        let data = json!({"p": [{"i": 1, "a/b": [1, 2]}, {"n": 1}, {"i": 3}]});
        let texts = |pointer: &str, given: &[usize]| -> Vec<String> {
            Pointer::parse(pointer).places(&data, given).into_iter().map(|place| place.text).collect()
        };
        assert_eq!(texts("/p/*/i", &[]), ["/p/0/i", "/p/2/i"]);
        assert_eq!(texts("/p/*/i", &[2]), ["/p/2/i"]);
        assert_eq!(texts("/p/*/a~1b/*", &[0, 1]), ["/p/0/a~1b/1"]);
        assert_eq!(texts("/p/1/n", &[]), ["/p/1/n"]);
        assert_eq!(texts("", &[]), [""]);
        assert!(texts("/p/9", &[]).is_empty() && texts("/p/i", &[]).is_empty());
    }
}
