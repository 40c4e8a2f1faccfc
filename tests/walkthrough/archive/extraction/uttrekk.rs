//! An extraction in a folder, looked at by others' means: xmllint, and counting.

use std::path::{Path, PathBuf};
use std::process::Command;

use samflyt_noark::noark5::grammar;
use samflyt_noark::read;
use serde_json::Value;

use crate::archive::{files, sha256};

const FILES: [&str; 4] = ["arkivstruktur", "endringslogg", "loependeJournal", "offentligJournal"];

pub struct Uttrekk {
    dir: PathBuf,
}

/// `arkivstruktur.xml` as a document.
pub struct Structure(Value);

impl Uttrekk {
    pub fn of(to: &Path) -> Self {
        Self { dir: to.join("avleveringspakke") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn documents(&self) -> Vec<PathBuf> {
        files(&self.path("DOKUMENT"))
    }

    /// By the extraction's own copies of the schemas, which are those of the standard, and by ADDML.
    #[track_caller]
    pub fn is_valid(&self, conformance: &Path) {
        for name in
            FILES.map(|name| format!("{name}.xsd")).iter().map(String::as_str).chain(["metadatakatalog.xsd"])
        {
            let standard = std::fs::read(conformance.join("noark5/v5.0").join(name)).unwrap();
            assert_eq!(std::fs::read(self.path(name)).unwrap(), standard, "{name}");
        }
        for name in FILES.iter().filter(|name| self.path(&format!("{name}.xml")).exists()) {
            self.validate(&self.path(&format!("{name}.xsd")), &format!("{name}.xml"));
        }
        for version in ["8.2", "8.3"] {
            self.validate(&conformance.join(format!("addml/addml-{version}.xsd")), "arkivuttrekk.xml");
        }
    }

    #[track_caller]
    fn validate(&self, schema: &Path, name: &str) {
        let lint =
            Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).arg(self.path(name)).output();
        let lint = lint.unwrap();
        assert!(
            lint.status.success(),
            "{name}: {}\n{}",
            String::from_utf8_lossy(&lint.stderr),
            self.read(name)
        );
    }

    /// How many elements of a name a file has.
    pub fn count(&self, name: &str, element: &str) -> usize {
        let query = format!("count(//*[local-name()='{element}'])");
        self.xpath(name, &query).parse().unwrap()
    }

    fn xpath(&self, name: &str, query: &str) -> String {
        let said = Command::new("xmllint").arg("--xpath").arg(query).arg(self.path(name)).output().unwrap();
        assert!(said.status.success(), "{query}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    }

    /// Each checksum, count and file that `arkivuttrekk.xml` names.
    #[track_caller]
    pub fn describes_itself_rightly(&self) {
        let value = |query: &str| self.xpath("arkivuttrekk.xml", &format!("string({query})"));
        let named = |within: &str, name: &str| format!("{within}//*[@name='{name}']");
        for file in FILES {
            let object = format!("//*[local-name()='dataObject'][@name='{file}']");
            let is_named = self.xpath("arkivuttrekk.xml", &format!("count({object})")) == "1";
            assert_eq!(is_named, self.path(&format!("{file}.xml")).exists(), "{file}");
            if !is_named {
                continue;
            }
            for checked in [format!("{file}.xml"), format!("{file}.xsd"), "metadatakatalog.xsd".to_owned()] {
                let of_file = format!("{object}//*[@name='file'][.//*[local-name()='value']='{checked}']");
                let sum =
                    format!("{}//*[@name='value']/*[local-name()='value']", named(&of_file, "checksum"));
                let said = value(&format!("({sum})[1]"));
                assert_eq!(said, sha256(&std::fs::read(self.path(&checked)).unwrap()), "{checked}");
            }
            let occurrences = named(&object, "numberOfOccurrences");
            let all: usize =
                self.xpath("arkivuttrekk.xml", &format!("count({occurrences})")).parse().unwrap();
            assert!(all > 0);
            for at in 1..=all {
                let element = value(&format!("({occurrences})[{at}]/*[local-name()='value']"));
                let said = value(&format!("({occurrences})[{at}]//*[@name='value']/*[local-name()='value']"));
                assert_eq!(said, self.count(&format!("{file}.xml"), &element).to_string(), "{element}");
            }
        }
        let said = value("//*[@name='antallDokumentfiler']/*[local-name()='value']");
        assert_eq!(said, self.documents().len().to_string());
        assert_eq!(said, self.count("arkivstruktur.xml", "dokumentobjekt").to_string());
    }

    pub fn structure(&self) -> Structure {
        let xml = std::fs::read(self.path("arkivstruktur.xml")).unwrap();
        Structure(read::xml(&xml, &grammar::ROOT).unwrap())
    }
}

impl Structure {
    pub fn registreringer(&self) -> Vec<Value> {
        let mut all = Vec::new();
        gather(&self.0, &mut all);
        all
    }
}

fn gather(value: &Value, all: &mut Vec<Value>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        if name == "registrering" {
            all.extend(value.as_array().unwrap().iter().cloned());
        }
        value.as_array().into_iter().flatten().for_each(|item| gather(item, all));
    }
}
