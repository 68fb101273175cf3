//! Masking and UTF-8 validation on slices: the only crate that may hold `unsafe`.
