//! The form that a message comes in: fields first, then the payload and the files, each taken as it comes.
//!
//! Kept true: of a file no more than a piece is in memory; nothing is in the document store before the whole form was found
//! to be good.

use std::sync::Arc;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use bytes::{Bytes, BytesMut};
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::Caller;

use super::FIELDS;
use crate::Archive;
use crate::documents::Arrived;
use crate::messages::Attachment;
use crate::messages::check::{self, Checked, PAYLOAD_BYTES_MAX, Said, invalid};

/// The largest of the fields that are no file.
const FIELD_BYTES_MAX: usize = 1_024;
const FILES_MAX: usize = 1_000;

/// A whole form.
pub(super) struct Form {
    pub checked: Checked,
    pub payload: Bytes,
    pub files: Vec<(String, Arrived)>,
}

#[derive(Default)]
struct Filling {
    said: Said,
    seen: Vec<&'static str>,
    checked: Option<Checked>,
    payload: Option<Bytes>,
    files: Vec<(String, Arrived)>,
}

impl Form {
    /// # Errors
    /// What is wrong with it, by field.
    pub async fn read(
        archive: &Arc<Archive>,
        caller: &Caller,
        parts: &mut Multipart,
    ) -> Result<Self, Refusal> {
        let mut filling = Filling::default();
        while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
            filling.take(archive, caller, part).await?;
        }
        let checked = filling.checked(archive, caller)?;
        let payload = filling.payload.unwrap_or_default();
        check::payload(payload.len(), &FIELDS)?;
        Ok(Self { checked, payload, files: filling.files })
    }

    /// Stores the files, in their order.
    pub async fn store(self) -> Result<(Checked, Bytes, Vec<Attachment>), Refusal> {
        let mut files = Vec::with_capacity(self.files.len());
        for (at, (name, arrived)) in self.files.into_iter().enumerate() {
            let (digest, size) = (arrived.claim.digest, arrived.claim.size);
            arrived.store().await.map_err(|refusal| of_file(refusal, at))?;
            files.push(Attachment { name, digest, size });
        }
        Ok((self.checked, self.payload, files))
    }
}

impl Filling {
    async fn take(
        &mut self,
        archive: &Arc<Archive>,
        caller: &Caller,
        part: Field<'_>,
    ) -> Result<(), Refusal> {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload" {
            if self.payload.is_some() {
                return Err(invalid(FIELDS.payload, "comes twice", "send it once"));
            }
            self.payload = Some(
                bounded(part, PAYLOAD_BYTES_MAX).await?.ok_or_else(|| check::payload_too_large(&FIELDS))?,
            );
            return Ok(());
        }
        if part.file_name().is_some() || name == "fil" || name == "filer" {
            return self.take_file(archive, caller, part).await;
        }
        self.take_field(&name, part).await
    }

    async fn take_field(&mut self, name: &str, part: Field<'_>) -> Result<(), Refusal> {
        let known = ["kommune", "system", "meldingstype", "klientMeldingId", "klientKorrelasjonsId", "ttl"];
        let Some(name) = known.into_iter().find(|known| *known == name) else {
            let advice = format!("use {}, payload, and files with file names", known.join(", "));
            let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            return Err(invalid(&format!("/{shown}"), "is no field of the form", &advice));
        };
        let field = format!("/{name}");
        if self.seen.contains(&name) {
            return Err(invalid(&field, "comes twice", "send it once"));
        }
        if self.checked.is_some() {
            return Err(invalid(&field, "comes after a file", "send the fields before the files"));
        }
        self.seen.push(name);
        let bytes = bounded(part, FIELD_BYTES_MAX).await?;
        let bytes = bytes.ok_or_else(|| invalid(&field, "has more than 1024 bytes", "shorten it"))?;
        let text = String::from_utf8(bytes.into());
        let text = text.map_err(|_| invalid(&field, "is not UTF-8", "send it in UTF-8"))?;
        let said = &mut self.said;
        match name {
            "kommune" => said.tenant = Some(text),
            "system" => said.system = Some(text),
            "meldingstype" => said.kind = Some(text),
            "klientMeldingId" => said.client_id = Some(text),
            "klientKorrelasjonsId" => said.correlation = Some(text),
            _ => {
                let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
                let wrong =
                    || invalid(&field, "is no number of seconds above 0", "give seconds, or leave it out");
                said.ttl_s = Some(seconds.ok_or_else(wrong)?);
            }
        }
        Ok(())
    }

    async fn take_file(
        &mut self,
        archive: &Arc<Archive>,
        caller: &Caller,
        mut part: Field<'_>,
    ) -> Result<(), Refusal> {
        let at = self.files.len();
        let field = format!("{}/{at}", FIELDS.files);
        if at == FILES_MAX {
            return Err(invalid(&field, "is more than the 1000 files of a message", "send several messages"));
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        check::file_name(&name, self.files.iter().map(|(name, _)| name.as_str()), &field)?;
        let tenant = self.checked(archive, caller)?.tenant;
        let mut arriving = archive.documents.arrive(&tenant).map_err(|refusal| of_file(refusal, at))?;
        loop {
            let piece = tokio::select! {
                piece = part.chunk() => piece.map_err(|error| broken(&error))?,
                () = archive.lifecycle.intake.cancelled() => return Err(stopping()),
            };
            let Some(piece) = piece else { break };
            arriving.append(&piece).await.map_err(|refusal| of_file(refusal, at))?;
        }
        self.files.push((name, arriving.end().await.map_err(|refusal| of_file(refusal, at))?));
        Ok(())
    }

    /// What the fields say. They are complete when the first file comes, or at the end.
    fn checked(&mut self, archive: &Archive, caller: &Caller) -> Result<Checked, Refusal> {
        if let Some(checked) = &self.checked {
            return Ok(checked.clone());
        }
        let checked = std::mem::take(&mut self.said).check(&FIELDS)?;
        archive.admit_sender(caller, &checked, &FIELDS)?;
        self.checked = Some(checked.clone());
        Ok(checked)
    }
}

/// None where it is larger.
async fn bounded(mut part: Field<'_>, most: usize) -> Result<Option<Bytes>, Refusal> {
    let mut all = BytesMut::new();
    while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
        if all.len() + piece.len() > most {
            return Ok(None);
        }
        all.extend_from_slice(&piece);
    }
    Ok(Some(all.freeze()))
}

/// What is wrong with a file, told of the file.
fn of_file(mut refusal: Refusal, at: usize) -> Refusal {
    for violation in &mut refusal.violations {
        violation.field = format!("{}/{at}", FIELDS.files);
    }
    refusal
}

pub(super) fn broken(error: &MultipartError) -> Refusal {
    tracing::debug!(%error, "a form broke off");
    invalid("", "is no whole form of parts (multipart/form-data), or broke off", "send all of it again")
}

fn stopping() -> Refusal {
    Refusal::new(Reason::StoreUnavailable, "the hub is stopping: send the same again to where it starts")
}
