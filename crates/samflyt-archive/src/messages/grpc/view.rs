//! Answers as protobuf.

use samflyt_proto::archive as pb;
use samflyt_runtime::refused::timestamp;

use crate::messages::door::Fetched;

pub(super) fn answer(fetched: Fetched) -> pb::Answer {
    let files = fetched.answer.files.into_iter().map(|file| pb::AnswerFile {
        name: file.name,
        sha256: file.digest.to_string(),
        size: file.size,
    });
    pb::Answer {
        answer_id: fetched.answer_id.to_string(),
        message_id: fetched.message_id.to_string(),
        r#type: fetched.given.kind.name(),
        given_at: Some(timestamp(fetched.given.at)),
        payload: fetched.answer.payload.unwrap_or_default(),
        files: files.collect(),
        expires_at: Some(timestamp(fetched.given.expires_at)),
        confirmed_at: fetched.given.confirmed_at.map(timestamp),
        client_message_id: fetched.client_id,
        client_correlation_id: fetched.correlation.unwrap_or_default(),
    }
}
