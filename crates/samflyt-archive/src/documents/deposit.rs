//! Documents as records refer to them.

use samflyt_events::{Refusal, TenantId};

use crate::documents::DocumentStore;
use crate::documents::digest::Digest;
use crate::documents::format::Format;
use crate::documents::judge::Judged;
use crate::records::decide::Problem;
use crate::records::decide::files::FileFact;

impl DocumentStore {
    /// What a record may say of a document, which must be in the store and good. Otherwise what is wrong with it, placed at
    /// `at`.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE` where that cannot be told now.
    pub async fn file_fact(
        &self,
        tenant: &TenantId,
        digest: Digest,
        name: &str,
        size: u64,
        at: &str,
    ) -> Result<Result<FileFact, Problem>, Refusal> {
        let wrong = |rule: String, advice: &str| Ok(Err(Problem::new(at, rule, advice)));
        match self.look_up(tenant, digest).await? {
            Judged::Good(fact) if fact.size == size => Ok(Ok(FileFact {
                name: name.to_owned(),
                digest: digest.to_string(),
                size,
                format_code: format_code(&fact.format),
                format_details: fact.format.profile.clone(),
                mime_type: fact.format.media_type.clone(),
            })),
            Judged::Good(fact) => {
                let rule = format!("says {size} bytes, and the document of this digest has {}", fact.size);
                wrong(rule, "compute size and digest of the same bytes")
            }
            Judged::Bad(finding, _) => {
                let rule = format!("is a document that is {} in the archive's store", finding.kind.as_str());
                wrong(rule, "upload it again, and then send this again")
            }
            Judged::Unknown => {
                let advice = "upload it first (`samflyt archive put`, or PUT /v1/documents), then send this again";
                wrong("is no document of this municipality".to_owned(), advice)
            }
        }
    }

    /// What its receipt warns of: a format that is not approved for deposit.
    pub fn format_warning(&self, file: &FileFact) -> Option<Problem> {
        let format = Format { media_type: file.mime_type.clone(), profile: file.format_details.clone() };
        self.policy.warnings(&format).into_iter().next()
    }
}

/// A short code for `format`, which has no list of the standard.
fn format_code(format: &Format) -> String {
    let known = match format.media_type.as_str() {
        "application/pdf" if format.profile.starts_with("PDF/A") => "PDF/A",
        "application/pdf" => "PDF",
        "text/plain" => "TXT",
        "application/xml" | "text/xml" => "XML",
        "image/tiff" => "TIFF",
        "image/jpeg" => "JPEG",
        "image/png" => "PNG",
        "text/vnd.sosi" => "SOSI",
        other => return other.rsplit('/').next().unwrap_or(other).to_uppercase(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_a_short_code() {
        let code = |media_type: &str, profile: &str| {
            format_code(&Format { media_type: media_type.to_owned(), profile: profile.to_owned() })
        };
        assert_eq!(code("application/pdf", "PDF/A-2B"), "PDF/A");
        assert_eq!(code("application/pdf", "PDF-1.7"), "PDF");
        assert_eq!(code("video/mpeg", ""), "MPEG");
    }
}
