//! However often it is stopped, and whatever is delivered twice, the answer is the same.

use std::sync::atomic::Ordering::Relaxed;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::harness::{FakeLog, contents, start};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn stopped_anywhere_and_delivered_twice_it_gives_one_answer(
        rounds in proptest::collection::vec((0u64..400, 0u64..400, 0u64..300), 1..5),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (log, dir) = (FakeLog::new(), TempDir::new().unwrap());
            let (mut a, mut b) = (0, 0);
            for (more_a, more_b, again) in rounds {
                log.append_many("a", more_a);
                log.append_many("b", more_b);
                log.again.store(again, Relaxed);
                let running = start(log.clone(), dir.path()).await;
                ["a", "b"].iter().for_each(|stream| running.runner.follow(stream));
                // Stopped in the middle: what is behind this may be folded or not.
                running.runner.wait_for("a", a + more_a / 2).await;
                running.stop().await;
                (a, b) = (a + more_a, b + more_b);
            }
            let running = start(log.clone(), dir.path()).await;
            ["a", "b"].iter().for_each(|stream| running.runner.follow(stream));
            running.runner.wait_for("a", a).await;
            running.runner.wait_for("b", b).await;
            assert_eq!(contents(&running.runner.view()), log.expected());
            assert_eq!(running.runner.alarms(), 0);
            running.stop().await;
        });
    }
}
