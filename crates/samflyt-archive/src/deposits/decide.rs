//! From a request in the log to its answer.

use samflyt_events::{Event, Refusal};
use samflyt_log::Entry;
use serde_json::Value;

use super::answer::{self, Answer};
use super::form;
use super::request::Request;
use crate::Archive;
use crate::documents::Referring;
use crate::records::decide::create::{Create, create};
use crate::records::decide::files::FileFact;
use crate::records::decide::{Problem, Trouble};
use crate::records::{Actor, Decision, NotCarried, Records, new_id, unreadable};

/// A request, and all that can be said of it without looking at the records.
pub(super) struct Prepared {
    pub event: Event,
    /// None: it is not of a form that records can be made of.
    pub(super) request: Option<Request>,
    pub(super) files: Vec<FileFact>,
    pub(super) problems: Vec<Problem>,
    /// So that none of the files is removed before a record refers to it.
    _referring: Referring,
}

impl Archive {
    /// Reads a request and looks its documents up.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE` where that cannot be told now.
    pub(super) async fn prepare(&self, event: Event) -> Result<Prepared, Refusal> {
        let _referring = self.documents.refer(&event.tenant).await;
        let request = match Request::read(&event) {
            Ok(request) => request,
            Err(problems) => {
                return Ok(Prepared { event, request: None, files: Vec::new(), problems, _referring });
            }
        };
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for (index, named) in request.documents.iter().enumerate() {
            let at = format!("/data/documents/{index}/sha256");
            let found = self.documents.file_fact(&event.tenant, named.digest, &named.name, named.size, &at);
            match found.await? {
                Ok(fact) => files.push(fact),
                Err(problem) => {
                    problems.push(problem);
                    // So that nobody is told that it did not come at all.
                    files.push(FileFact {
                        name: named.name.clone(),
                        digest: named.digest.to_string(),
                        size: named.size,
                        format_code: String::new(),
                        format_details: String::new(),
                        mime_type: String::new(),
                    });
                }
            }
        }
        let wrong = form::check(&request.doc);
        let request = Some(request).filter(|_| wrong.is_empty());
        problems.extend(wrong);
        Ok(Prepared { event, request, files, problems, _referring })
    }

    /// Carries a request out, once, or says all that is wrong with it.
    ///
    /// # Errors
    /// What passes: `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`, `INDEX_BEHIND`, `CONFLICT`.
    pub(super) async fn decide(&self, prepared: &Prepared) -> Result<Answer, Refusal> {
        let reference = prepared.event.reference().to_string();
        let Some(request) = &prepared.request else {
            return Ok(answer::rejected(&reference, &prepared.problems));
        };
        let by = actor(&prepared.event, &request.doc);
        let now = self.deps.clock.now();
        let decide = |records: &Records| prepared.made(records, request, &by, now);
        let cause = format!("event:{reference}");
        match self.recorder.carry_out(&prepared.event.tenant, &cause, &by, decide).await {
            Ok(carried) => {
                let files = &prepared.files;
                answer::accepted(&reference, &carried.answer, files, &carried.records, &self.documents)
                    .map_err(unreadable)
            }
            Err(NotCarried::Refused(trouble)) => {
                let problems = trouble.into_problems().map_err(unreadable)?;
                Ok(answer::rejected(&reference, &problems))
            }
            Err(NotCarried::Unavailable(refusal)) => Err(refusal),
        }
    }
}

impl Prepared {
    /// All that is wrong, of the documents and of the records, or what is made.
    fn made(
        &self,
        records: &Records,
        request: &Request,
        by: &Actor,
        now: time::OffsetDateTime,
    ) -> Result<Decision, Trouble> {
        let making = Create { doc: &request.doc, files: &self.files, by, now, partial: false };
        let made = create(records, &making, &mut new_id);
        let mut problems = self.problems.clone();
        match made {
            Ok(decision) if problems.is_empty() => return Ok(decision),
            Ok(_) => {}
            Err(trouble) => {
                problems.extend(trouble.into_problems()?.into_iter().map(|problem| request.place(problem)));
            }
        }
        Err(Trouble::Invalid(problems))
    }
}

/// Whom the request names as having made what it brings.
pub(super) fn actor(event: &Event, doc: &Value) -> Actor {
    let named = ["/registrering/opprettetAv", "/mappe/opprettetAv"];
    Actor {
        organisation: event.publisher.as_ref().map(ToString::to_string).unwrap_or_default(),
        system: Some(event.system.to_string()),
        user: named.iter().find_map(|at| doc.pointer(at)?.as_str()).map(str::to_owned),
    }
}

/// The event that an entry of the log holds.
pub(super) fn event_of(entry: &Entry) -> Option<Event> {
    entry.event().ok().map(|recorded| recorded.event)
}
