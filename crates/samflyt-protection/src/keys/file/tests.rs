use super::*;

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

fn ready(dir: &Path) -> FileKeys {
    let keys = FileKeys::in_folder(dir);
    keys.create(&tenant("seljord")).unwrap();
    keys
}

#[test]
fn what_was_wrapped_opens_in_its_context_also_after_a_rotation() {
    let dir = tempfile::tempdir().unwrap();
    let keys = ready(dir.path());
    let seljord = tenant("seljord");
    let secret = Secret::new([5; 32]);
    let wrapped = keys.wrap_now(&seljord, b"a", &secret).unwrap();
    assert_eq!(keys.add_version(&seljord).unwrap(), 2);
    assert_eq!(keys.wrap_now(&seljord, b"a", &secret).unwrap().version, 2);
    assert_eq!(keys.unwrap_now(&seljord, b"a", &wrapped).unwrap(), secret);
    let moved = keys.unwrap_now(&seljord, b"b", &wrapped);
    assert!(matches!(moved, Err(ProviderError::DoesNotOpen { version: 1 })));
    keys.retire(&seljord, 1).unwrap();
    let retired = keys.unwrap_now(&seljord, b"a", &wrapped);
    assert!(matches!(retired, Err(ProviderError::Version { version: 1 })));
    assert!(matches!(keys.retire(&seljord, 2), Err(ProviderError::Version { version: 2 })), "it wraps");
}

#[test]
fn a_version_that_another_process_added_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (ready(dir.path()), ready(dir.path()));
    let seljord = tenant("seljord");
    other.of(&seljord).unwrap();
    one.add_version(&seljord).unwrap();
    let wrapped = one.wrap_now(&seljord, b"", &Secret::new([1; 32])).unwrap();
    assert_eq!(other.unwrap_now(&seljord, b"", &wrapped).unwrap()[..], [1; 32]);
    one.add_version(&seljord).unwrap();
    assert_eq!(other.wrap_now(&seljord, b"", &Secret::new([1; 32])).unwrap().version, 3);
}

#[test]
fn of_versions_that_are_added_at_once_none_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let seljord = tenant("seljord");
    let wrapped: Vec<Wrapped> = std::thread::scope(|scope| {
        let add = || {
            let keys = ready(dir.path());
            keys.add_version(&seljord).unwrap();
            keys.wrap_now(&seljord, b"", &Secret::new([1; 32])).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(add)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let keys = FileKeys::in_folder(dir.path());
    for wrapped in wrapped {
        assert_eq!(keys.unwrap_now(&seljord, b"", &wrapped).unwrap()[..], [1; 32]);
    }
    assert_eq!(keys.load(&seljord).unwrap().keys.len(), 9);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no drafts are left");
}

#[test]
fn a_file_truncated_at_any_byte_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let whole = {
        ready(dir.path());
        fs::read(dir.path().join("seljord.json")).unwrap()
    };
    for length in 0..whole.len() {
        fs::write(dir.path().join("seljord.json"), &whole[..length]).unwrap();
        let keys = FileKeys::in_folder(dir.path());
        let created = keys.create(&tenant("seljord"));
        assert!(matches!(created, Err(ProviderError::Damaged(_))), "byte {length}");
        assert!(keys.add_version(&tenant("seljord")).is_err());
        assert_eq!(fs::read(dir.path().join("seljord.json")).unwrap(), &whole[..length]);
    }
}

#[test]
fn a_changed_digit_is_a_damaged_file_and_no_other_key() {
    let dir = tempfile::tempdir().unwrap();
    ready(dir.path());
    let path = dir.path().join("seljord.json");
    let whole = fs::read_to_string(&path).unwrap();
    let at = whole.find("\"key\"").unwrap() + 10;
    let digit = if &whole[at..=at] == "0" { "1" } else { "0" };
    fs::write(&path, format!("{}{digit}{}", &whole[..at], &whole[at + 1..])).unwrap();
    let loaded = FileKeys::in_folder(dir.path()).load(&tenant("seljord")).map(|_| ());
    assert!(matches!(loaded, Err(ProviderError::Damaged(_))));
}

#[test]
fn a_file_is_refused_by_name_for_its_mode_its_form_and_its_tenant() {
    let dir = tempfile::tempdir().unwrap();
    ready(dir.path());
    let path = dir.path().join("seljord.json");
    let loaded = |name: &str| FileKeys::in_folder(dir.path()).load(&tenant(name)).map(|_| ()).unwrap_err();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(loaded("tokke"), ProviderError::Missing(_)));
    fs::copy(&path, dir.path().join("vinje.json")).unwrap();
    assert!(matches!(loaded("vinje"), ProviderError::OtherTenant { found, .. } if found == "seljord"));
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, whole.replace("\"form\": 1", "\"form\": 2")).unwrap();
    assert!(matches!(loaded("seljord"), ProviderError::Form { form: 2, .. }));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = loaded("seljord");
    assert!(matches!(error, ProviderError::Mode { mode: 0o640, .. }));
    assert!(error.to_string().contains("600"), "{error}");
}
