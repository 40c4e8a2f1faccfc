//! Damaged directories: the answer is the log's up to the checkpoint, or nothing, or a new store; never anything else.
//! `SAMFLYT_DAMAGE_SEEDS` says how many are tried.

use std::{fs, path::PathBuf};

use super::*;

const BATCHES: u64 = 300;

/// What batch `sequence` writes.
fn batch(sequence: u64) -> Writes {
    let mut writes = Writes::new();
    for at in sequence * 20..sequence * 20 + 20 {
        let random = xxhash_rust::xxh3::xxh3_64(&at.to_be_bytes()).to_be_bytes();
        writes.insert([&[4], &random[..]].concat(), Some(at.to_be_bytes().to_vec()));
        writes.insert([&[9], &at.to_be_bytes()[..]].concat(), Some(Vec::new()));
        writes.insert([&[2], &random[..1]].concat(), (random[1] > 20).then(|| random.to_vec()));
    }
    writes
}

fn filled(dir: &Path) -> Vec<Model> {
    let (store, mut checkpoint) = open(dir);
    let (mut model, mut states) = (Model::new(), vec![Model::new()]);
    for sequence in 0..BATCHES {
        checkpoint = write(&store, checkpoint, &batch(sequence), &mut model);
        states.push(model.clone());
    }
    store.flush().unwrap();
    states
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(&entry.path()))
        } else {
            files.push(entry.path())
        }
    }
    files.retain(|path| !path.to_string_lossy().ends_with(".lock"));
    files.sort();
    files
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 += 1;
        (xxhash_rust::xxh3::xxh3_64(&self.0.to_be_bytes()) % end.max(1) as u64) as usize
    }
}

/// Says what it did.
fn harm(dir: &Path, chance: &mut Chance) -> String {
    let files = files(dir);
    let largest = files.iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let path = if chance.below(4) == 0 { &files[chance.below(files.len())] } else { largest };
    let mut bytes = fs::read(path).unwrap();
    let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    match chance.below(10) {
        0 => {
            fs::remove_file(path).unwrap();
            return format!("deleted {}", path.display());
        }
        1 => bytes.truncate(chance.below(used)),
        _ => {
            for _ in 0..=chance.below(3) {
                let at = chance.below(used);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
    }
    fs::write(path, bytes).unwrap();
    format!("changed {}", path.display())
}

#[test]
fn no_damage_gives_a_silently_wrong_answer() {
    let seeds = std::env::var("SAMFLYT_DAMAGE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(25);
    let (sound, work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let states = filled(sound.path());
    let (mut whole, mut shorter, mut rebuilt) = (0, 0, 0);
    for seed in 0..seeds {
        let dir = work.path().join(seed.to_string());
        copy(sound.path(), &dir);
        let harm = harm(&dir, &mut Chance(seed << 32));
        let (store, checkpoint) = open(&dir);
        let sequence = checkpoint.positions.get("s").map_or(0, |position| position.sequence);
        assert!(
            contents(&store) == states[sequence as usize],
            "seed {seed}: {harm}: another answer at {sequence}"
        );
        match sequence {
            0 => rebuilt += 1,
            BATCHES => whole += 1,
            _ => shorter += 1,
        }
        // Folding goes on from there, and what is read then is right too.
        let (mut checkpoint, mut model) = (checkpoint, states[sequence as usize].clone());
        for next in sequence..BATCHES {
            checkpoint = write(&store, checkpoint, &batch(next), &mut model);
        }
        assert!(
            contents(&store) == states[BATCHES as usize],
            "seed {seed}: {harm}: another answer in the end"
        );
        drop(store);
        fs::remove_dir_all(dir).unwrap();
    }
    println!("{seeds} seeds: {whole} unharmed, {shorter} at an earlier batch, {rebuilt} folded anew");
    assert!(seeds < 20 || rebuilt > 0, "nothing that was done did any harm");
}

#[test]
fn an_entry_that_is_missing_is_noticed() {
    for victim in [4, 9, 2, 0] {
        let dir = TempDir::new().unwrap();
        filled(dir.path());
        let db = sled::Config::new().path(dir.path().join("test-1")).open().unwrap();
        let (name, _) = db.scan_prefix([victim]).next().unwrap().unwrap();
        db.remove(name).unwrap();
        drop(db);
        let (store, checkpoint) = open(dir.path());
        assert_eq!(checkpoint, Checkpoint::default());
        assert!(contents(&store).is_empty());
        assert!(dir.path().join("test-1.corrupt-1").exists());
    }
}

#[test]
fn at_most_two_broken_stores_are_kept() {
    let dir = TempDir::new().unwrap();
    for _ in 0..4 {
        let (store, checkpoint) = open(dir.path());
        write(&store, checkpoint, &batch(0), &mut Model::new());
        store.tree.remove(checkpoint::SUMMARY).unwrap();
    }
    drop(open(dir.path()));
    let names =
        fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut corrupt: Vec<_> = names.filter(|name| name.contains(".corrupt-")).collect();
    corrupt.sort();
    assert_eq!(corrupt.len(), 2, "{corrupt:?}");
    assert!(corrupt.iter().any(|name| name.ends_with("-4")), "{corrupt:?}");
}

#[test]
fn another_version_is_folded_anew_and_not_read() {
    let dir = TempDir::new().unwrap();
    filled(dir.path());
    let newer = Layout { version: 2, ..LAYOUT };
    let (store, checkpoint) = Directory::take(config(dir.path()), newer).unwrap().open_current().unwrap();
    assert_eq!((checkpoint, contents(&store).len()), (Checkpoint::default(), 0));
}

#[test]
fn a_directory_without_its_current_file_is_found() {
    let dir = TempDir::new().unwrap();
    let states = filled(dir.path());
    fs::remove_file(dir.path().join("test.CURRENT")).unwrap();
    assert_eq!(contents(&open(dir.path()).0), states[BATCHES as usize]);
}
