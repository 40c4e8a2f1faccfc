//! The files that come with a command.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Problem;

/// A file that is in the document store, and what its bytes say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileFact {
    /// As `referanseDokumentfil` names it.
    pub name: String,
    /// SHA-256, 64 hexadecimal digits.
    pub digest: String,
    pub size: u64,
    /// A code for `format`, such as `PDF`.
    pub format_code: String,
    /// Such as `PDF/A-2B`; empty: nothing is known.
    pub format_details: String,
    pub mime_type: String,
}

/// The files of a command by name, and which of them were referred to.
#[derive(Debug)]
pub(crate) struct Files<'f> {
    files: &'f [FileFact],
    used: Vec<bool>,
}

impl<'f> Files<'f> {
    pub fn new(files: &'f [FileFact]) -> Self {
        Self { files, used: vec![false; files.len()] }
    }

    /// Sets what a dokumentobjekt says of its file, and checks what it said before.
    pub fn describe(&mut self, object: &mut Map<String, Value>, at: &str, problems: &mut Vec<Problem>) {
        let wanted = object.get("referanseDokumentfil").and_then(Value::as_str).unwrap_or_default();
        let Some(index) = self.files.iter().position(|file| file.name == wanted) else {
            let rule = format!("names no file that came with it: {wanted}");
            let advice = "send the file under this name, or name one that is sent";
            return problems.push(Problem::new(format!("{at}/referanseDokumentfil"), rule, advice));
        };
        self.used[index] = true;
        let file = &self.files[index];
        check_said(object, file, at, problems);
        object.insert("sjekksum".to_owned(), json!(file.digest));
        object.insert("sjekksumAlgoritme".to_owned(), json!("SHA-256"));
        object.insert("filstoerrelse".to_owned(), json!(file.size));
        object.entry("format").or_insert_with(|| json!({"kode": file.format_code}));
        object.entry("mimeType").or_insert_with(|| json!(file.mime_type));
        if !file.format_details.is_empty() {
            object.entry("formatDetaljer").or_insert_with(|| json!(file.format_details));
        }
    }

    /// Files that nothing refers to: they would be lost from sight. `at`: what should have referred to them.
    pub fn check_all_used(&self, at: &str, problems: &mut Vec<Problem>) {
        for (file, _) in self.files.iter().zip(&self.used).filter(|(_, used)| !**used) {
            let rule = format!("does not refer to the file {} that came with it", file.name);
            let advice = "refer to it by a dokumentobjekt's referanseDokumentfil, or leave it out";
            problems.push(Problem::new(at, rule, advice));
        }
    }
}

fn check_said(object: &Map<String, Value>, file: &FileFact, at: &str, problems: &mut Vec<Problem>) {
    let mut wrong = |member: &str, rule: &str, advice: &str| {
        problems.push(Problem::new(format!("{at}/{member}"), rule, advice));
    };
    let text = |member| object.get(member).and_then(Value::as_str);
    let algorithm = text("sjekksumAlgoritme").unwrap_or("SHA-256").replace('-', "");
    if let Some(sum) = text("sjekksum") {
        if !algorithm.eq_ignore_ascii_case("SHA256") {
            wrong("sjekksumAlgoritme", "is not SHA-256", "compute SHA-256, or leave the checksum out");
        } else if !sum.eq_ignore_ascii_case(&file.digest) {
            wrong("sjekksum", "is not that of the file that came", "compute it of the bytes that are sent");
        }
    }
    if object.get("filstoerrelse").and_then(Value::as_u64).is_some_and(|said| said != file.size) {
        wrong("filstoerrelse", "is not that of the file that came", "give the number of bytes that are sent");
    }
}
