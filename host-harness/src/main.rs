//! `ktm`.
fn main() {}
