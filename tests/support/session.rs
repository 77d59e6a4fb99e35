//! `ktm` as a user calls it, without a terminal.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::ffi::{OsStr, OsString};

use host_harness::cli::{Streams, main};
use kernel_model::kernel::Console;

/// What `ktm` with these words prints on stdout and stderr, and its exit status.
pub(crate) fn ktm<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> (String, String, i32) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        console: Console::default(),
        color: false,
    };
    let name = std::iter::once(OsString::from("ktm"));
    let status = main(
        name.chain(words.into_iter().map(|word| word.as_ref().to_owned())),
        &mut streams,
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(stdout), text(stderr), status)
}
