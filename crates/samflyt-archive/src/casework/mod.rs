//! The archivist's daily work: lists of what is to be done, and doing it entry by entry; the files of what was disposed of.
//!
//! Consumes the records; emits changes of them. Kept true: what may be done is decided by `records::decide` alone; a file is
//! removed only when the decision is in the log and no record refers to it, and is removed at last whatever breaks off.

mod grpc;
mod removal;
mod work;

use std::sync::Arc;

use samflyt_proto::archive::casework_service_server::CaseworkServiceServer;

use crate::Archive;

pub(crate) use removal::ReleasedFiles;
pub(crate) use work::{mappe_of, who};

/// The archivists' door. Begins to remove what an earlier process released and did not remove.
pub(crate) fn serve(archive: &Arc<Archive>) -> CaseworkServiceServer<grpc::Service> {
    archive.remove_what_was_left();
    CaseworkServiceServer::new(grpc::Service(Arc::clone(archive)))
}
