//! Compiles `proto/` with protox, so that no protoc is needed.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = ["common/v1/common", "gateway/v1/gateway", "registry/v1/registry", "registry/v1/catalogue"]
        .into_iter()
        .chain([
            "lineage/v1/lineage",
            "lineage/v1/insight",
            "archive/v1/archive",
            "archive/v1/casework",
            "archive/v1/deposits",
            "archive/v1/extraction",
            "archive/v1/messages",
            "archive/v1/public_journal",
            "archive/v1/records",
            "delivery/v1/delivery",
        ])
        .map(|file| format!("samflyt/{file}.proto"));
    let descriptors = protox::compile(files, [&root])?;
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("descriptors.bin"), prost::Message::encode_to_vec(&descriptors))?;
    tonic_prost_build::configure()
        .bytes(".samflyt.common.v1.Event.data")
        .bytes(".samflyt.archive.v1")
        .compile_fds(descriptors)?;
    Ok(())
}
