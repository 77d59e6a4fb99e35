//! The programs of `programs/`: each about one part of the language, compared with `cc`.

use crate::support::agree;

#[test]
fn programs_agree_with_cc() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c_front_end/programs");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        agree(&std::fs::read_to_string(path).unwrap());
        count += 1;
    }
    assert!(count >= 9, "only {count} programs");
}
