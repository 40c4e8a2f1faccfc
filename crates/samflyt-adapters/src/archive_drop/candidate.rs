//! What belongs together in `inn`, and whether all of it is there.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use samflyt_noark::fiks::{MessageType, Schema};
use samflyt_noark::read::{self, Glance};
use tokio::time::Instant;

use super::message::PAYLOAD_BYTES_MAX;
use crate::document;
use crate::folder::{Inbox, Stamp};

/// The message in a folder of its own.
const IN_FOLDER: &str = "arkivmelding.xml";
const REFERS: &str = "referanseDokumentfil";

/// A message and its documents, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub name: String,
    /// Its folder in `inn`; empty: `inn` itself.
    pub from: PathBuf,
    pub kind: MessageType,
    /// The XML first, then what it refers to in its order.
    pub sent: Vec<(String, Stamp)>,
    /// What else is in its folder.
    pub beside: Vec<(String, Stamp)>,
}

/// A message that cannot be sent yet, and is not just on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub name: String,
    /// What it waits for, in words.
    pub cause: String,
    /// Patience is over.
    pub for_long: bool,
}

/// What a look found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Oldest first.
    pub ready: Vec<Candidate>,
    pub waiting: Vec<Waiting>,
    /// Something is not whole yet.
    pub arriving: bool,
}

/// Tells messages from other files. What was read of a file is kept until the file is another.
#[derive(Debug, Default)]
pub(super) struct Reader {
    known: HashMap<PathBuf, (Stamp, Xml)>,
}

/// What a look at an XML file gave.
#[derive(Debug, Clone)]
enum Xml {
    Read(Glance),
    IllFormed,
    TooLarge,
}

impl Reader {
    /// # Errors
    /// Where a file cannot be read.
    pub fn find(&mut self, inbox: &Inbox, dir: &Path, now: Instant, patience: Duration) -> io::Result<Found> {
        let mut found = Found::default();
        self.known.retain(|path, (stamp, _)| inbox.get(path).is_some_and(|seen| seen.stamp == *stamp));
        let mut messages: Vec<_> =
            inbox.files().filter_map(|(path, seen)| message_name(path).map(|n| (path, seen, n))).collect();
        messages.sort_by_key(|(path, seen, _)| (seen.stamp.modified_ns, *path));
        for (path, seen, name) in messages {
            if !seen.is_whole() {
                found.arriving = true;
                continue;
            }
            let xml = match self.read(path, seen.stamp, dir) {
                // It was taken away since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                xml => xml?,
            };
            let for_long = seen.unchanged_for(now) >= patience;
            let wait = |cause| Waiting { name: name.clone(), cause, for_long };
            let of = Message { path, stamp: seen.stamp, name: &name };
            match of.judge(&xml, inbox, for_long) {
                Judged::Ready(candidate) => found.ready.push(candidate),
                Judged::Arriving => found.arriving = true,
                Judged::Waiting(cause) => found.waiting.push(wait(cause)),
            }
        }
        Ok(found)
    }

    fn read(&mut self, path: &Path, stamp: Stamp, dir: &Path) -> io::Result<Xml> {
        if let Some((_, known)) = self.known.get(path) {
            return Ok(known.clone());
        }
        let xml = if stamp.size > PAYLOAD_BYTES_MAX {
            Xml::TooLarge
        } else {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut document::open(&dir.join(path))?, &mut bytes)?;
            read::glance(&bytes, REFERS).map_or(Xml::IllFormed, Xml::Read)
        };
        self.known.insert(path.to_owned(), (stamp, xml.clone()));
        Ok(xml)
    }
}

enum Judged {
    Ready(Candidate),
    Arriving,
    Waiting(String),
}

struct Message<'m> {
    path: &'m Path,
    stamp: Stamp,
    name: &'m str,
}

impl Message<'_> {
    fn judge(&self, xml: &Xml, inbox: &Inbox, for_long: bool) -> Judged {
        let (kind, names) = match xml {
            Xml::Read(glance) => match (kind_of(&glance.root), self.is_in_folder()) {
                (Some(kind), _) => (kind, file_names(&glance.texts)),
                // The hub says what is wrong with it.
                (None, true) => (MessageType::ArkivmeldingOpprett, Vec::new()),
                (None, false) => {
                    return Judged::Waiting(format!(
                        "its root element is no arkivmelding, and no message refers to it: {}",
                        "put a document beside its message, or both into a folder of their own"
                    ));
                }
            },
            Xml::IllFormed if !for_long => {
                return Judged::Waiting("it is not well-formed, or not whole yet".to_owned());
            }
            Xml::IllFormed | Xml::TooLarge => (MessageType::ArkivmeldingOpprett, Vec::new()),
        };
        let from = self.path.parent().unwrap_or(Path::new(""));
        let documents = names.iter().map(|name| (name, inbox.get(&from.join(name))));
        let missing: Vec<&str> =
            documents.clone().filter(|(_, seen)| seen.is_none()).map(|(n, _)| n.as_str()).collect();
        if !missing.is_empty() {
            return Judged::Waiting(format!("these documents are not there: {}", missing.join(", ")));
        }
        if documents.clone().any(|(_, seen)| seen.is_some_and(|seen| !seen.is_whole())) {
            return Judged::Arriving;
        }
        let documents = documents.filter_map(|(name, seen)| Some((name.clone(), seen?.stamp)));
        let sent: Vec<_> = std::iter::once((file_name(self.path), self.stamp)).chain(documents).collect();
        Judged::Ready(Candidate {
            name: self.name.to_owned(),
            from: from.to_owned(),
            kind,
            beside: self.beside(inbox, from, &sent),
            sent,
        })
    }

    fn is_in_folder(&self) -> bool {
        self.path.components().count() > 1
    }

    fn beside(&self, inbox: &Inbox, from: &Path, sent: &[(String, Stamp)]) -> Vec<(String, Stamp)> {
        if !self.is_in_folder() {
            return Vec::new();
        }
        let in_folder = inbox.files().filter(|(path, _)| path.parent() == Some(from));
        let named = in_folder.map(|(path, seen)| (file_name(path), seen.stamp));
        named.filter(|(name, _)| !sent.iter().any(|(other, _)| other == name)).collect()
    }
}

/// What a file would be called as a message; none where it is not named as one.
fn message_name(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) => (file_name(path) == IN_FOLDER).then(|| file_name(folder)),
        None => {
            let is_xml = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xml"));
            is_xml.then(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        }
    }
}

fn kind_of(root: &str) -> Option<MessageType> {
    let is = |schema: Schema| schema.root().name == root;
    match () {
        () if is(Schema::ArkivmeldingOpprett) => Some(MessageType::ArkivmeldingOpprett),
        () if is(Schema::ArkivmeldingOppdater) => Some(MessageType::ArkivmeldingOppdater),
        () => None,
    }
}

/// Names without repetition. One that is a path is nobody's: the hub says that the document is missing.
fn file_names(texts: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let is_name = !text.is_empty() && !text.contains(['/', '\\', '\0']) && text != "." && text != "..";
        if is_name && !names.contains(text) {
            names.push(text.clone());
        }
    }
    names
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    struct Inn {
        dir: tempfile::TempDir,
        inbox: Inbox,
        reader: Reader,
        now: Instant,
    }

    impl Inn {
        fn of(files: &[(&str, &str)]) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let inbox = Inbox::new(dir.path().to_owned());
            let inn = Self { dir, inbox, reader: Reader::default(), now: Instant::now() };
            files.iter().for_each(|(name, text)| inn.write(name, text));
            inn
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn look_after(&mut self, pause: Duration) -> Found {
            self.now += pause;
            self.inbox.look(self.now).unwrap();
            self.reader.find(&self.inbox, self.dir.path(), self.now, PATIENCE).unwrap()
        }

        fn look(&mut self) -> Found {
            self.look_after(Duration::from_secs(1))
        }
    }

    fn message(documents: &[&str]) -> String {
        let references =
            documents.iter().map(|name| format!("<referanseDokumentfil>{name}</referanseDokumentfil>"));
        format!("<arkivmelding>{}</arkivmelding>", references.collect::<String>())
    }

    fn names(files: &[(String, Stamp)]) -> Vec<&str> {
        files.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_message_is_ready_when_it_and_all_its_documents_are_whole() {
        let mut inn = Inn::of(&[("sak.xml", &message(&["b.pdf", "a.pdf", "b.pdf"])), ("b.pdf", "1")]);
        assert!(inn.look().arriving);
        let found = inn.look();
        let missing = "these documents are not there: a.pdf".to_owned();
        assert_eq!(found.waiting, [Waiting { name: "sak".to_owned(), cause: missing, for_long: false }]);
        inn.write("a.pdf", "1");
        assert!(inn.look().arriving);
        let found = inn.look();
        assert_eq!(found.ready.len(), 1, "{found:?}");
        assert_eq!(names(&found.ready[0].sent), ["sak.xml", "b.pdf", "a.pdf"]);
        assert!(found.waiting.is_empty() && !found.arriving && found.ready[0].beside.is_empty());
    }

    #[test]
    fn a_folder_is_one_message_with_all_that_is_in_it() {
        let mut inn = Inn::of(&[
            ("sak/arkivmelding.xml", "<arkivmeldingOppdatering/>"),
            ("sak/note.txt", "1"),
            ("sak/other.xml", "<a/>"),
        ]);
        inn.look();
        let found = inn.look();
        let [ready] = found.ready.as_slice() else { panic!("{found:?}") };
        assert_eq!((ready.name.as_str(), ready.kind), ("sak", MessageType::ArkivmeldingOppdater));
        assert_eq!(
            (names(&ready.sent), names(&ready.beside)),
            (vec!["arkivmelding.xml"], vec!["note.txt", "other.xml"])
        );
    }

    #[test]
    fn what_is_not_well_formed_is_sent_when_patience_is_over_and_what_waits_is_told() {
        let mut inn =
            Inn::of(&[("half.xml", "<arkivmelding>"), ("doc.xml", "<a/>"), ("x.xml", &message(&["no.pdf"]))]);
        inn.look();
        let found = inn.look();
        assert!(found.ready.is_empty() && found.waiting.iter().all(|waiting| !waiting.for_long), "{found:?}");
        let found = inn.look_after(PATIENCE);
        assert_eq!(found.ready.iter().map(|ready| ready.name.as_str()).collect::<Vec<_>>(), ["half"]);
        assert_eq!(found.waiting.len(), 2);
        assert!(found.waiting.iter().all(|waiting| waiting.for_long), "{found:?}");
        inn.write("half.xml", &message(&[]));
        assert!(inn.look().arriving);
        assert_eq!(inn.look().ready.len(), 1, "what was read before is not believed of another file");
    }

    #[test]
    fn names_that_are_paths_are_not_looked_for() {
        let texts = ["../../etc/passwd", "/etc/passwd", "c:\\a.pdf", "..", "", "a.pdf"].map(str::to_owned);
        assert_eq!(file_names(&texts), ["a.pdf"]);
    }
}
