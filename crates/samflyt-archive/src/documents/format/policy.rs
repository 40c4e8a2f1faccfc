//! Which formats are approved for deposit, and what becomes of the others.

use samflyt_events::{Reason, Refusal, Violation};

use super::Format;
use crate::config::{ArchiveConfig, OtherFormats};

#[derive(Debug, Clone)]
pub(crate) struct Policy {
    approved: Vec<String>,
    others: OtherFormats,
}

impl Policy {
    pub fn new(config: &ArchiveConfig) -> Self {
        Self { approved: config.approved_formats.clone(), others: config.other_formats }
    }

    pub fn approves(&self, format: &Format) -> bool {
        let names = |entry: &String| {
            let profile = format.profile.strip_prefix(entry.as_str());
            // `PDF/A` is the beginning of `PDF/A-2B`, and `PDF-1` is not that of `PDF-1.7`.
            *entry == format.media_type
                || profile.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        self.approved.iter().any(names)
    }

    /// What a receipt says of the format.
    pub fn warnings(&self, format: &Format) -> Vec<Violation> {
        if self.approves(format) { Vec::new() } else { vec![violation(format)] }
    }

    /// # Errors
    /// `FORMAT_NOT_APPROVED` where such formats are refused.
    pub fn admit(&self, format: &Format) -> Result<(), Refusal> {
        if self.others == OtherFormats::Warn || self.approves(format) {
            return Ok(());
        }
        let Violation { field, rule, advice } = violation(format);
        Err(Refusal::of_field(Reason::FormatNotApproved, &field, rule, advice))
    }
}

fn violation(format: &Format) -> Violation {
    let rule = format!("is {format}, which is not approved for deposit (`archive.approved_formats`)");
    Violation::new("/content", rule, "convert it, such as to PDF/A, and deposit both or the converted one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_approved_is_warned_of_or_refused_by_configuration() {
        let (pdf_a, pdf) =
            (Format::new("application/pdf", "PDF/A-2B"), Format::new("application/pdf", "PDF-1.7"));
        let mut policy = Policy::new(&ArchiveConfig::default());
        assert!(policy.warnings(&pdf_a).is_empty());
        assert_eq!(policy.warnings(&pdf).len(), 1);
        assert_eq!(policy.admit(&pdf), Ok(()));
        policy.others = OtherFormats::Refuse;
        assert_eq!(policy.admit(&pdf_a), Ok(()));
        assert_eq!(policy.admit(&pdf).unwrap_err().reason, Reason::FormatNotApproved);
        policy.approved = vec!["PDF-1".to_owned()];
        assert!(!policy.approves(&pdf));
        policy.approved = vec!["application/pdf".to_owned()];
        assert!(policy.approves(&pdf));
    }
}
