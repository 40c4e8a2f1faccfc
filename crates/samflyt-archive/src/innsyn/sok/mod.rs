//! The search (`innsyn.sok`).
