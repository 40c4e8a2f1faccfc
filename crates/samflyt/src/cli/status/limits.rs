//! `samflyt status --limits`: what each municipality may publish, and what it has used.

use samflyt_proto::gateway::TenantLimits;
use serde_json::{Value, json};

use crate::cli::output::Table;
use crate::cli::show;

const MIB: u64 = 1024 * 1024;

pub(super) fn render(all: &[TenantLimits]) -> String {
    let headings = [
        "tenant",
        "#events/s",
        "#burst",
        "#left",
        "#MiB/s",
        "#burst",
        "#left",
        "#MiB stored",
        "#at most",
        "#refused",
    ];
    let mut table = Table::new(&headings);
    for one in all {
        let limit = |limit: u64| if limit == 0 { "–".to_owned() } else { show::number(limit) };
        // Of what has no limit, everything is left.
        let left = |left: u64, per_s: u64| if per_s == 0 { "–".to_owned() } else { show::number(left) };
        let mib = |bytes: u64| if bytes == 0 { "–".to_owned() } else { show::number(bytes.div_ceil(MIB)) };
        let burst = |burst: u64, per_s: u64| if per_s == 0 { 0 } else { burst.max(per_s) };
        table.row([
            one.tenant.as_str(),
            &limit(one.events_per_s),
            &limit(burst(one.events_burst, one.events_per_s)),
            &left(one.events_left, one.events_per_s),
            &mib(one.bytes_per_s),
            &mib(burst(one.bytes_burst, one.bytes_per_s)),
            &left(one.bytes_left / MIB, one.bytes_per_s),
            &show::number(one.stored_bytes / MIB),
            &mib(one.stored_bytes_max),
            &show::number(one.refused),
        ]);
    }
    table.or("no municipality that you may read")
}

pub(super) fn to_json(one: &TenantLimits) -> Value {
    json!({
        "tenant": one.tenant,
        "events_per_s": one.events_per_s,
        "events_burst": one.events_burst,
        "bytes_per_s": one.bytes_per_s,
        "bytes_burst": one.bytes_burst,
        "stored_bytes_max": one.stored_bytes_max,
        "events_left": one.events_left,
        "bytes_left": one.bytes_left,
        "stored_bytes": one.stored_bytes,
        "refused": one.refused,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_none_is_a_dash_and_bytes_are_mebibytes() {
        let one = TenantLimits {
            tenant: "seljord".to_owned(),
            events_per_s: 2_000,
            events_burst: 20_000,
            events_left: 19_000,
            stored_bytes: 5 * MIB,
            refused: 3,
            ..TenantLimits::default()
        };
        assert_eq!(
            render(&[one]).lines().collect::<Vec<_>>(),
            [
                "tenant   events/s   burst    left  MiB/s  burst  left  MiB stored  at most  refused",
                "seljord     2 000  20 000  19 000      –      –     –           5        –        3",
            ]
        );
    }
}
