//! The protocol's published cases, from the folder that has them.

use std::path::{Path, PathBuf};

use serde_json::Value;

pub struct Case {
    pub name: String,
    pub kind: String,
    pub payload: Vec<u8>,
    /// The types of all answers.
    pub answers: Vec<String>,
    /// Path, what is expected (`*`: anything), and whether that is of the element's type.
    pub values: Vec<(String, String, bool)>,
}

/// Where the conformance material is.
pub fn conformance() -> Option<PathBuf> {
    let dir = std::env::var_os("SAMFLYT_CONFORMANCE_DIR").map(PathBuf::from);
    if dir.is_none() {
        println!("SAMFLYT_CONFORMANCE_DIR is not set: the published cases are not run");
    }
    dir
}

/// All cases, by name.
pub fn cases(conformance: &Path) -> Vec<Case> {
    let folder = std::fs::read_dir(conformance.join("fiks-arkiv/cases")).unwrap();
    let mut cases: Vec<Case> = folder.map(|entry| read(&entry.unwrap().path())).collect();
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

fn read(dir: &Path) -> Case {
    let name = dir.file_name().unwrap().to_str().unwrap().to_owned();
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let xml = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "xml")).unwrap();
    let text = std::fs::read_to_string(dir.join("testInformation.json")).unwrap();
    let information: Value = serde_json::from_str(&without_comments(&text)).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let values =
        information["queriesWithExpectedValues"].as_array().unwrap().iter().map(|query| {
            (text(&query["payloadQuery"]), text(&query["expectedValue"]), query["valueType"] == 1)
        });
    let answers = information["expectedResponseMessageTypes"].as_array().unwrap();
    Case {
        name,
        kind: text(&information["messageType"]),
        payload: std::fs::read(xml).unwrap(),
        answers: answers.iter().map(text).collect(),
        values: values.collect(),
    }
}

/// Their JSON has a byte order mark, and comments to the end of a line.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.trim_start_matches('\u{feff}').lines() {
        let mut in_string = false;
        let mut characters = line.char_indices().peekable();
        let mut end = line.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' if in_string => drop(characters.next()),
                '"' => in_string = !in_string,
                '/' if !in_string && line[at..].starts_with("//") => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        kept.push_str(&line[..end]);
        kept.push('\n');
    }
    kept
}
