//! The store against a model: what was written is what is read, also after a crash, and never silently less.

mod damage;

use std::{collections::BTreeMap, path::Path};

use proptest::{collection, prelude::*};
use tempfile::TempDir;

use super::*;

const LAYOUT: Layout = Layout { name: "test", version: 1, block_entries: |family| usize::from(family) * 2 };

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn config(dir: &Path) -> ProjectionConfig {
    ProjectionConfig { dir: dir.to_owned(), cache_mib: 4, ..ProjectionConfig::default() }
}

fn open(dir: &Path) -> (Arc<Store>, Checkpoint) {
    Directory::take(config(dir), LAYOUT).unwrap().open_current().unwrap()
}

fn contents(store: &Store) -> Model {
    store.scan(Vec::new(), None, false).map(Result::unwrap).collect()
}

fn write(store: &Store, checkpoint: Checkpoint, writes: &Writes, model: &mut Model) -> Checkpoint {
    apply(writes, model);
    let sequence = checkpoint.positions.get("s").map_or(0, |position| position.sequence) + 1;
    let positions = BTreeMap::from([("s".into(), Position { sequence, created: 7 })]);
    store.show(writes.clone());
    store.commit(checkpoint, &positions).unwrap()
}

fn apply(writes: &Writes, model: &mut Model) {
    for (key, value) in writes {
        match value {
            Some(value) => model.insert(key.clone(), value.clone()),
            None => model.remove(key),
        };
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Keys of three families, close to each other, so that blocks are split, emptied and written again.
fn batches() -> impl Strategy<Value = Vec<Writes>> {
    let key =
        (1u8..4, collection::vec(0u8..6, 0..4)).prop_map(|(family, rest)| [vec![family], rest].concat());
    let value = proptest::option::weighted(0.8, collection::vec(any::<u8>(), 0..12));
    collection::vec(collection::btree_map(key, value, 0..30), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_written_is_what_is_read_and_what_a_recount_finds(
        batches in batches(), from in collection::vec(0u8..6, 0..4), to in collection::vec(0u8..6, 0..4),
    ) {
        let dir = TempDir::new().unwrap();
        let (store, mut checkpoint) = open(dir.path());
        let mut model = Model::new();
        for writes in &batches {
            checkpoint = write(&store, checkpoint, writes, &mut model);
            prop_assert_eq!(&contents(&store), &model);
        }
        let range = |(key, _): &(&Vec<u8>, &Vec<u8>)| **key >= from && **key < to;
        let expected: Vec<Pair> = model.iter().filter(range).map(|(key, value)| (key.clone(), value.clone())).collect();
        let forward: Vec<Pair> = store.scan(from.clone(), Some(to.clone()), false).map(Result::unwrap).collect();
        let mut backward: Vec<Pair> = store.scan(from.clone(), Some(to.clone()), true).map(Result::unwrap).collect();
        backward.reverse();
        prop_assert_eq!(&forward, &expected);
        prop_assert_eq!(&backward, &expected);
        for key in batches.iter().flat_map(BTreeMap::keys) {
            prop_assert_eq!(store.get(key).unwrap(), model.get(key).cloned());
        }
        let path = store.path().clone();
        drop(store);
        let lock = Arc::new(Lock::take(&dir.path().join("test.lock")).unwrap().unwrap());
        let (store, recounted) = Store::open(path, lock, LAYOUT, &config(dir.path())).unwrap();
        prop_assert_eq!(recounted, checkpoint);
        prop_assert_eq!(contents(&store), model);
    }

    #[test]
    fn what_is_not_stored_yet_is_read_over_what_is(
        stored in batches(), shown in batches(), from in collection::vec(0u8..6, 0..4), to in collection::vec(0u8..6, 0..4),
    ) {
        let dir = TempDir::new().unwrap();
        let (store, mut checkpoint) = open(dir.path());
        let mut seen = Model::new();
        for writes in &stored {
            checkpoint = write(&store, checkpoint, writes, &mut seen);
        }
        for writes in &shown {
            store.show(writes.clone());
            apply(writes, &mut seen);
        }
        prop_assert_eq!(&contents(&store), &seen);
        for key in stored.iter().chain(&shown).flat_map(BTreeMap::keys) {
            prop_assert_eq!(store.get(key).unwrap(), seen.get(key).cloned());
        }
        let mut backward: Vec<Pair> = store.scan(from.clone(), Some(to.clone()), true).map(Result::unwrap).collect();
        backward.reverse();
        let range = |(key, _): &(&Vec<u8>, &Vec<u8>)| **key >= from && **key < to;
        let expected: Vec<Pair> = seen.iter().filter(range).map(|(key, value)| (key.clone(), value.clone())).collect();
        prop_assert_eq!(backward, expected);
        write(&store, checkpoint, &Writes::new(), &mut seen);
        prop_assert_eq!(&contents(&store), &seen);
        prop_assert_eq!(store.tree.iter().count() > 2, !seen.is_empty(), "the commit stored it");
    }

    #[test]
    fn a_crash_leaves_the_state_of_a_batch_boundary(batches in batches()) {
        let (dir, crashed) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (store, mut checkpoint) = open(dir.path());
        let (mut model, mut states) = (Model::new(), vec![Model::new()]);
        for (at, writes) in batches.iter().enumerate() {
            checkpoint = write(&store, checkpoint, writes, &mut model);
            states.push(model.clone());
            if at % 2 == 0 {
                store.flush().unwrap();
            }
            let copied = crashed.path().join(at.to_string());
            copy(dir.path(), &copied);
            let (store, checkpoint) = open(&copied);
            let sequence = checkpoint.positions.get("s").map_or(0, |position| position.sequence) as usize;
            prop_assert!(at % 2 != 0 || sequence == at + 1, "what was flushed is there");
            prop_assert_eq!(&contents(&store), &states[sequence]);
        }
    }
}

#[test]
fn keys_that_grow_fill_their_blocks() {
    let dir = TempDir::new().unwrap();
    let (store, mut checkpoint) = open(dir.path());
    for sequence in 0u64..100 {
        let writes = Writes::from([([&[5], &sequence.to_be_bytes()[..]].concat(), Some(Vec::new()))]);
        checkpoint = write(&store, checkpoint, &writes, &mut Model::new());
    }
    let blocks = store.tree.iter().filter(|item| item.as_ref().unwrap().0.first() == Some(&5)).count();
    assert_eq!(blocks, 10);
}

#[test]
fn a_directory_that_sled_has_not_let_go_of_is_waited_for_and_not_set_aside() {
    let dir = TempDir::new().unwrap();
    let (store, checkpoint) = open(dir.path());
    let checkpoint = write(&store, checkpoint, &Writes::from([(vec![1], Some(vec![2]))]), &mut Model::new());
    drop(store);
    let held = std::fs::File::open(dir.path().join("test-1/db")).unwrap();
    held.lock().unwrap();
    let letting_go = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(held);
    });
    assert_eq!(open(dir.path()).1, checkpoint);
    letting_go.join().unwrap();
}

#[test]
fn a_new_version_whose_store_breaks_begins_again_and_leaves_the_old() {
    let dir = TempDir::new().unwrap();
    let (store, checkpoint) = open(dir.path());
    let checkpoint = write(&store, checkpoint, &Writes::from([(vec![1], Some(vec![2]))]), &mut Model::new());
    drop(store);
    let next = Layout { version: 2, ..LAYOUT };
    let directory = Directory::take(config(dir.path()), next).unwrap();
    let (broken, begun) = directory.open_current().unwrap();
    assert_eq!(begun, Checkpoint::default());
    directory.set_aside(broken.path()).unwrap();
    let (again, _) = directory.open_new().unwrap();
    directory.begin(&again).unwrap();
    assert_ne!(again.path(), broken.path());
    let begun = write(&again, begun, &Writes::from([(vec![3], Some(vec![4]))]), &mut Model::new());
    drop((broken, again, directory));

    // The same version goes on with the second; the version before finds its own.
    let directory = Directory::take(config(dir.path()), next).unwrap();
    assert_eq!(directory.open_current().unwrap().1, begun);
    drop(directory);
    assert_eq!(open(dir.path()).1, checkpoint);
}
