//! How much a tenant may send.

use samflyt_events::{Reason, Refusal};

use crate::config::Limits;

/// Whether a document may be as large as its sender says that it is.
///
/// # Errors
/// `DOCUMENT_EMPTY`, `TOO_LARGE`.
pub(crate) fn claimed(size: u64, limits: &Limits) -> Result<(), Refusal> {
    let most = limits.document_bytes_max;
    if size == 0 {
        let rule = "is 0: a document of zero bytes holds nothing that could be kept";
        let advice = "look whether its export failed; where there is no document, refer to none";
        return Err(Refusal::of_field(Reason::DocumentEmpty, "/size", rule, advice));
    }
    if size > most {
        let rule = format!("is {size}, and a document may have {most} bytes (`archive.document_bytes_max`)");
        return Err(Refusal::of_field(Reason::TooLarge, "/size", rule, "split it, or ask the operator"));
    }
    Ok(())
}

/// Whether there is room for a document beside those that are there.
///
/// # Errors
/// `QUOTA_REACHED`.
pub(crate) fn quota(stored: u64, size: u64, limits: &Limits) -> Result<(), Refusal> {
    match limits.tenant_bytes_max {
        Some(most) if stored.saturating_add(size) > most => {
            let message = format!(
                "the municipality has {stored} bytes of documents and may have {most}: \
                 ask the operator for more (`archive.tenant_bytes_max`)"
            );
            Err(Refusal::new(Reason::QuotaReached, message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { document_bytes_max: 10, tenant_bytes_max: Some(15), uploads_open_max: 1 };

    #[test]
    fn nothing_and_too_much_are_refused_and_the_limit_itself_is_not() {
        assert_eq!(claimed(0, &LIMITS).unwrap_err().reason, Reason::DocumentEmpty);
        assert_eq!(claimed(11, &LIMITS).unwrap_err().reason, Reason::TooLarge);
        assert_eq!(claimed(10, &LIMITS), Ok(()));
        assert_eq!(quota(10, 5, &LIMITS), Ok(()));
        assert_eq!(quota(10, 6, &LIMITS).unwrap_err().reason, Reason::QuotaReached);
        assert_eq!(quota(u64::MAX, 6, &Limits { tenant_bytes_max: None, ..LIMITS }), Ok(()));
    }
}
