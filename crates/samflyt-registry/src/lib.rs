//! The catalogue: tenants, systems, contracts, grants, event-sourced
