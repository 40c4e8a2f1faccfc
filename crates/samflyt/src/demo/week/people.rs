//! The people of the week. None exists: identity numbers are synthetic (month + 80), names are made of a colour and a
//! thing.

use samflyt_events::personal::synthetic;

use super::chance::Chance;

const GIVEN: [&str; 16] = [
    "Blå", "Grøn", "Raud", "Gul", "Kvit", "Brun", "Lilla", "Rosa", "Grå", "Mild", "Rask", "Stø", "Lun",
    "Klar", "Brei", "Fin",
];
const FAMILY: [&str; 16] = [
    "Kaffikopp",
    "Paraply",
    "Hengjelås",
    "Sykkel",
    "Lampett",
    "Trekasse",
    "Vottestrikk",
    "Kringle",
    "Fløyte",
    "Lommebok",
    "Skistav",
    "Ullteppe",
    "Blyant",
    "Nøste",
    "Bøtte",
    "Klokke",
];
const ROADS: [&str; 8] = [
    "Prøvevegen",
    "Testgata",
    "Dømevegen",
    "Øvingstunet",
    "Papirbakken",
    "Mønstergrenda",
    "Utkastlia",
    "Skissestigen",
];

#[derive(Debug, Clone)]
pub struct Person {
    pub number: String,
    pub name: String,
    pub address: String,
}

/// Those of one municipality.
pub struct People {
    adults: Vec<Person>,
    children: Vec<Person>,
    patients: Vec<Person>,
    employees: usize,
}

impl People {
    pub fn of(place: &str, inhabitants: usize, chance: &mut Chance) -> Self {
        let mut several = |count: usize, born: std::ops::RangeInclusive<i64>| -> Vec<Person> {
            (0..count).map(|_| person(place, born.clone(), chance)).collect()
        };
        Self {
            adults: several(inhabitants / 2, 1958..=1999),
            children: several(inhabitants / 6, 2010..=2024),
            patients: several(inhabitants / 100, 1930..=1957),
            employees: inhabitants * 13 / 100,
        }
    }

    /// Those who work for the municipality.
    pub fn employees(&self) -> &[Person] {
        &self.adults[..self.employees]
    }

    pub fn patients(&self) -> &[Person] {
        &self.patients
    }

    pub fn adult(&self, chance: &mut Chance) -> &Person {
        chance.pick(&self.adults)
    }

    pub fn child(&self, chance: &mut Chance) -> &Person {
        chance.pick(&self.children)
    }
}

fn person(place: &str, born: std::ops::RangeInclusive<i64>, chance: &mut Chance) -> Person {
    let number = loop {
        // Serials tell the century: 000–499 for 1900–1999, 500–999 for 2000–2039.
        let year = chance.within(born.clone());
        let serial = if year < 2000 { chance.within(0..=499) } else { chance.within(500..=999) };
        let [day, month, year, serial] = [chance.within(1..=28), chance.within(1..=12), year, serial]
            .map(|n| u32::try_from(n).unwrap_or_default());
        if let Some(number) = synthetic(day, month, year, serial) {
            break number;
        }
    };
    let name = format!("{} {}", chance.pick(&GIVEN), chance.pick(&FAMILY));
    let address = format!("{} {}, {place}", chance.pick(&ROADS), chance.within(1..=120));
    Person { number, name, address }
}

#[cfg(test)]
mod tests {
    use samflyt_events::personal::is_identity_number;

    use super::*;

    #[test]
    fn nobody_has_a_number_that_a_living_person_can_have() {
        let people = People::of("Seljord", 3000, &mut Chance::new(1));
        for person in people.adults.iter().chain(&people.children).chain(&people.patients) {
            assert!(is_identity_number(person.number.as_bytes()));
            assert!((81..=92).contains(&person.number[2..4].parse::<u32>().unwrap()));
        }
    }
}
