//! How many files and connections the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// As many as the machine allows it at all. A shell gives far fewer, and endpoints that do not answer hold connections until
/// their time is over: the doors must not be short of them.
pub(super) fn allow_many() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where that is refused, it stays as it was.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_may_have_as_many_open_as_the_machine_allows() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let fewer = maximum.map_or(10_000, |most| most - 1);
        setrlimit(Resource::Nofile, Rlimit { current: Some(fewer), maximum }).unwrap();
        allow_many();
        assert_eq!(getrlimit(Resource::Nofile).current, maximum);
    }
}
