//! Fiks Arkiv V1: the national protocol.
