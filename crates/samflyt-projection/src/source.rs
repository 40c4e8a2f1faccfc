//! Where entries come from: the log, or a test.

use futures::{
    future::{BoxFuture, FutureExt},
    stream::{self, BoxStream, StreamExt},
};
use samflyt_log::{Entry, Follow, Log, StreamError, StreamState};

/// Gives streams from a sequence on, and says where they stand.
pub trait Source: Send + Sync + 'static {
    /// Where a stream stands; none where there is no such stream.
    fn state(&self, stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>>;

    /// Everything behind a sequence, and what comes, for ever. Dropping a wait for the next entry loses nothing.
    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry>;
}

impl Source for Log {
    fn state(&self, stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let (log, stream) = (self.clone(), stream.to_owned());
        async move { log.state(&stream).await }.boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        let follower = Log::follow(self, follow);
        stream::unfold(follower, |mut follower| async move {
            let entry = follower.next().await;
            Some((entry, follower))
        })
        .boxed()
    }
}
