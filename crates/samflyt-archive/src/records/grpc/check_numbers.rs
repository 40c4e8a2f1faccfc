//! `CheckNumbers`.

use samflyt_events::{Refusal, TenantId};
use samflyt_noark::unit::Kind;
use samflyt_projection::StoreError;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::Service;
use crate::records::keys::Series;
use crate::records::{Records, Step, unreadable};

impl Service {
    pub(super) async fn check_numbers(
        &self,
        _caller: Caller,
        tenant: TenantId,
        _request: pb::CheckNumbersRequest,
    ) -> Result<pb::CheckNumbersResponse, Refusal> {
        let records = self.0.recorder.records(&tenant).await?;
        Ok(pb::CheckNumbersResponse { series: all(&records).map_err(unreadable)? })
    }
}

fn all(records: &Records) -> Result<Vec<pb::NumberSeries>, StoreError> {
    let mut found = Vec::new();
    for arkiv in records.all(Kind::Arkiv) {
        let arkiv = arkiv?.unit.system_id;
        for (series, name) in [(Series::Sak, "sak"), (Series::Journal, "journal"), (Series::Mappe, "mappe")] {
            for year in records.years(series, &arkiv)? {
                found.push(series_of(records, series, name, &arkiv, year)?);
            }
        }
    }
    Ok(found)
}

fn series_of(
    records: &Records,
    series: Series,
    name: &str,
    arkiv: &str,
    year: i32,
) -> Result<pb::NumberSeries, StoreError> {
    let last = records.last(series, arkiv, year)?;
    let begun = match records.begun(series, arkiv, year)? {
        Some(Step::SeriesBegun { number, reason }) => Some((number.number, reason)),
        _ => None,
    };
    let (mut given, mut next, mut gaps) = (0, 1, Vec::new());
    let mut miss = |from: i64, to: i64| {
        let cause = begun.as_ref().filter(|(before, _)| to <= *before).map(|(_, reason)| reason.clone());
        gaps.push(pb::NumberGap { from, to, cause: cause.unwrap_or_default() });
    };
    for numbered in records.numbers(series, arkiv, year) {
        let (number, _) = numbered?;
        if number > next {
            miss(next, number - 1);
        }
        given += 1;
        next = number + 1;
    }
    if next <= last {
        miss(next, last);
    }
    Ok(pb::NumberSeries { series: name.to_owned(), arkiv: arkiv.to_owned(), year, last, given, gaps })
}
