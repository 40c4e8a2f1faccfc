//! What an answer means, and what is written beside the files.

use samflyt_noark::fiks::Schema;
use samflyt_noark::read;
use serde_json::Value;

use super::hub::Answer;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Kept, all of it.
    pub done: bool,
    /// Under which numbers it was kept, or a part of it; empty where nothing is told.
    pub kept_as: String,
    /// What is wrong, where, and what to do.
    pub problems: Vec<String>,
    /// Files to be put beside it, by name.
    pub added: Vec<(String, Vec<u8>)>,
    /// To be confirmed.
    pub answers: Vec<String>,
}

/// What was answered to a message of the name. `taken`: the names of its files.
pub(super) fn of_answer(name: &str, answer: Answer, taken: &[&str]) -> Outcome {
    let is_error = answer.kind.is_error();
    let payload = answer.payload.as_deref().unwrap_or_default();
    let receipt = if is_error { Value::Null } else { receipt(payload) };
    let kept_as = kept_as(&receipt);
    let problems = if is_error { lines(&feilmelding(payload, &answer)) } else { failed(&receipt) };
    let mut added = Vec::new();
    if problems.is_empty() && payload.is_empty() {
        let text = format!(
            "{name} was carried out.\n\nAnswer: {}\nMessage: {}\n",
            answer.kind.name(),
            answer.message_id
        );
        added.push((free("kvittering.txt", taken), text.into_bytes()));
    } else if !payload.is_empty() {
        let file = if is_error { "feilmelding.xml" } else { "kvittering.xml" };
        added.push((free(file, taken), payload.as_bytes().to_vec()));
    }
    if !problems.is_empty() {
        let told = format!("Answer: {}\nMessage: {}\n", answer.kind.name(), answer.message_id);
        added.push((free("grunn.txt", taken), reason(name, &problems, &kept_as, &told).into_bytes()));
    }
    Outcome { done: problems.is_empty(), kept_as, problems, added, answers: answer.ids }
}

/// What the hub did not take as a message.
pub(super) fn of_refusal(name: &str, problems: Vec<String>, taken: &[&str]) -> Outcome {
    let text = reason(name, &problems, "", "");
    let added = vec![(free("grunn.txt", taken), text.into_bytes())];
    Outcome { done: false, kept_as: String::new(), problems, added, answers: Vec::new() }
}

fn reason(name: &str, problems: &[String], kept_as: &str, told: &str) -> String {
    let mut text = format!("{name} was refused. What is wrong, where, and what to do:\n\n");
    problems.iter().for_each(|problem| text += &format!("- {problem}\n"));
    if kept_as.is_empty() {
        text += "\nNothing of it was kept. When it is mended, move the message and its documents back to `inn`.\n";
    } else {
        text += &format!(
            "\nThe rest of it was kept as {kept_as}. When it is mended, refer to that, and move the message and its documents \
             back to `inn`.\n"
        );
    }
    if told.is_empty() { text } else { text + "\n" + told }
}

/// The receipt as a document; nothing where it is not as its schema says: it is in the file all the same.
fn receipt(payload: &str) -> Value {
    read::xml(payload.as_bytes(), Schema::ArkivmeldingKvittering.root()).unwrap_or_default()
}

fn kept_as(receipt: &Value) -> String {
    let numbers =
        [("mappe", "/mappeKvittering/mappeID"), ("registrering", "/registreringKvittering/registreringsID")];
    let told =
        numbers.iter().filter_map(|(what, at)| Some(format!("{what} {}", receipt.pointer(at)?.as_str()?)));
    told.collect::<Vec<_>>().join(", ")
}

/// What a receipt says of the parts that were not kept.
fn failed(receipt: &Value) -> Vec<String> {
    let parts = ["/mappeFeilet/feilmelding", "/registreringFeilet/feilmelding"];
    parts.iter().filter_map(|at| receipt.pointer(at)?.as_str()).flat_map(lines).collect()
}

fn feilmelding(payload: &str, answer: &Answer) -> String {
    let texts =
        read::glance(payload.as_bytes(), "feilmelding").map(|glance| glance.texts).unwrap_or_default();
    let text = texts.join("\n");
    if text.is_empty() { format!("the archive gave no reason ({})", answer.kind.name()) } else { text }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// A name that no file of the message has.
fn free(name: &str, taken: &[&str]) -> String {
    let (stem, end) = name.split_once('.').unwrap_or((name, ""));
    let numbered = (2..).map(|number| format!("{stem}-{number}.{end}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(&name.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use samflyt_noark::fiks::MessageType;
    use samflyt_noark::write;
    use serde_json::json;

    use super::*;

    fn answer(kind: MessageType, document: Option<&Value>) -> Answer {
        let payload =
            document.map(|document| write::document(kind.payload().unwrap().root(), document).unwrap());
        Answer { message_id: "m".to_owned(), kind, payload, ids: vec!["a".to_owned()] }
    }

    fn text<'o>(outcome: &'o Outcome, name: &str) -> &'o str {
        let found = outcome.added.iter().find(|(added, _)| added == name);
        std::str::from_utf8(&found.unwrap_or_else(|| panic!("{outcome:?}")).1).unwrap()
    }

    fn mappe() -> Value {
        json!({
            "@type": "saksmappeKvittering", "systemID": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "mappeID": "2026/17",
            "opprettetEllerEksisterende": "Opprettet",
        })
    }

    #[test]
    fn a_receipt_is_put_beside_what_was_kept() {
        let receipt = json!({"mappeKvittering": mappe()});
        let outcome =
            of_answer("sak", answer(MessageType::ArkivmeldingOpprettKvittering, Some(&receipt)), &[]);
        assert!(outcome.done && outcome.problems.is_empty());
        assert_eq!(outcome.kept_as, "mappe 2026/17");
        assert!(text(&outcome, "kvittering.xml").contains("2026/17"));
        let updated =
            of_answer("sak", answer(MessageType::ArkivmeldingOppdaterKvittering, None), &["kvittering.txt"]);
        assert!(updated.done && text(&updated, "kvittering-2.txt").starts_with("sak was carried out."));
    }

    #[test]
    fn a_reason_names_every_problem_with_its_place_and_what_to_do() {
        let told = json!({"feilId": "1", "feilmelding": "/arkivmelding/mappe/tittel (line 3) is missing: give it\n/a b: c"});
        let outcome =
            of_answer("sak", answer(MessageType::UgyldigForespoersel, Some(&told)), &["feilmelding.xml"]);
        assert!(!outcome.done && outcome.answers == ["a"]);
        let reason = text(&outcome, "grunn.txt");
        assert!(
            reason.contains("- /arkivmelding/mappe/tittel (line 3) is missing: give it\n- /a b: c\n"),
            "{reason}"
        );
        assert!(reason.contains("Nothing of it was kept"), "{reason}");
        assert!(text(&outcome, "feilmelding-2.xml").contains("feilId"));
    }

    #[test]
    fn what_was_kept_in_part_is_set_aside_with_what_was_kept() {
        let receipt = json!({
            "mappeKvittering": mappe(),
            "registreringFeilet": {"feilId": "1", "feilmelding": "/arkivmelding/registrering is wrong: mend it"},
        });
        let outcome =
            of_answer("sak", answer(MessageType::ArkivmeldingOpprettKvittering, Some(&receipt)), &[]);
        assert!(!outcome.done);
        assert!(text(&outcome, "grunn.txt").contains("The rest of it was kept as mappe 2026/17."));
        assert!(text(&outcome, "kvittering.xml").contains("2026/17"));
        let refused = of_refusal("sak", vec!["a.pdf: /size is wrong: mend it".to_owned()], &[]);
        assert!(text(&refused, "grunn.txt").contains("- a.pdf: /size is wrong: mend it"));
    }
}
