//! Configuration: file, then environment, then flags; unknown keys are refused; everything is checked before the first
//! port opens.

use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the configuration file {path} cannot be read")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the configuration file {path} is not TOML: {message}")]
    Toml { path: PathBuf, message: String },
    #[error("the environment variable {name} goes through `{key}`, which is no section")]
    NoSection { name: String, key: String },
    #[error("the configuration is not right: {message}; `config/samflyt.toml` lists every key")]
    Invalid { message: String },
}

/// A secret of the configuration. Never prints.
#[derive(Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "(none)" } else { "(secret)" })
    }
}

/// Reads the file where one is given, lays `SAMFLYT_<SECTION>__<KEY>` over it, and checks the names of all keys.
///
/// # Errors
/// [`ConfigError`] names file, variable or key.
pub fn load<T: DeserializeOwned + Serialize + Default>(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
            text.parse().map_err(|error: toml::de::Error| ConfigError::Toml {
                path: path.to_owned(),
                message: error.to_string(),
            })?
        }
    };
    let defaults = Table::try_from(T::default()).unwrap_or_default();
    for (name, text) in environment {
        let Some(rest) = name.strip_prefix("SAMFLYT_") else { continue };
        let path: Vec<String> = rest.split("__").map(str::to_ascii_lowercase).collect();
        if path.len() > 1 || rest == "DATA_DIR" {
            lay_over(&mut table, &defaults, &name, &path, &text)?;
        }
    }
    Value::Table(table).try_into().map_err(|error: toml::de::Error| ConfigError::Invalid {
        message: error.to_string().trim().to_owned(),
    })
}

fn lay_over(
    table: &mut Table,
    defaults: &Table,
    name: &str,
    path: &[String],
    text: &str,
) -> Result<(), ConfigError> {
    let [key, rest @ ..] = path else { return Ok(()) };
    if rest.is_empty() {
        table.insert(key.clone(), value_like(defaults.get(key), text));
        return Ok(());
    }
    let section = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
    let empty = Table::new();
    let inner = defaults.get(key).and_then(Value::as_table).unwrap_or(&empty);
    match section {
        Value::Table(section) => lay_over(section, inner, name, rest, text),
        _ => Err(ConfigError::NoSection { name: name.to_owned(), key: key.clone() }),
    }
}

/// Text stays text where the default is text; anything else is read as TOML.
fn value_like(default: Option<&Value>, text: &str) -> Value {
    let read = || format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    match default {
        Some(Value::String(_)) => Value::String(text.to_owned()),
        _ => read().unwrap_or_else(|| Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Example {
        data_dir: String,
        nats: Nats,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Nats {
        password: String,
        replicas: u32,
    }

    fn from(environment: &[(&str, &str)]) -> Result<Example, ConfigError> {
        load(None, environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn the_environment_lies_over_the_file_and_keeps_types() {
        let found = from(&[
            ("SAMFLYT_NATS__PASSWORD", "123"),
            ("SAMFLYT_NATS__REPLICAS", "3"),
            ("SAMFLYT_TOKEN", "x"),
        ]);
        let nats = Nats { password: "123".to_owned(), replicas: 3 };
        assert_eq!(found.unwrap(), Example { data_dir: String::new(), nats });
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = from(&[("SAMFLYT_NATS__REPLICA", "3")]).unwrap_err().to_string();
        assert!(error.contains("replica"), "{error}");
    }
}
