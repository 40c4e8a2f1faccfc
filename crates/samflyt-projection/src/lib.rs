//! Folding the log into sled: checkpoint, verification, rebuild
