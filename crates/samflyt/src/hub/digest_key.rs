//! The secret of event digests: given, or kept in a file that is made once.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use samflyt_events::DigestKey;

use super::HubConfig;

pub(super) fn load(config: &HubConfig) -> anyhow::Result<DigestKey> {
    let given = &config.secrets.digest_key.0;
    let secret = if given.is_empty() { kept(&config.data_dir.join("digest.key"))? } else { given.clone() };
    parse(secret.trim()).map(|secret| DigestKey::new(&secret))
}

fn kept(path: &Path) -> anyhow::Result<String> {
    if let Ok(secret) = std::fs::read_to_string(path) {
        return Ok(secret);
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("the machine gives no random numbers")?;
    let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // Whole or not at all, also if two processes start at once: the link fails for the second.
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(secret),
        Err(_) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot keep a secret in {}", path.display())),
    }
}

fn parse(text: &str) -> anyhow::Result<[u8; 32]> {
    let mut secret = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        bail!("the digest key is not 64 hexadecimal digits: `openssl rand -hex 32` makes one");
    }
    for (byte, digits) in secret.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits)?, 16)?;
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_secret_stays_the_same_and_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/digest.key");
        let secret = kept(&path).unwrap();
        assert_eq!(kept(&path).unwrap(), secret);
        assert!(parse(&secret).is_ok() && parse("xy").is_err());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
