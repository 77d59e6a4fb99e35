//! The row about programs: two loops in C.

use host_harness::run::{RunOptions, run_source};
use std::error::Error;
use std::path::Path;
use std::process::Command;

use crate::linux::cc;
use crate::report::{Goal, Report};
use crate::sample::{compare, time};

const LOOPS: &str = r#"
#include <stdio.h>
int main(void) {
    long k = 0;
    for (int i = 0; i < 10000; i++)
        for (int j = 0; j < 10000; j++)
            k += i * j;
    printf("%ld\n", k);
    return 0;
}
"#;

fn native(folder: &Path) -> Result<std::path::PathBuf, Box<dyn Error>> {
    let (source, program) = (folder.join("loops.c"), folder.join("loops"));
    std::fs::write(&source, LOOPS)?;
    cc(&source, &program, &["-O0"])?;
    Ok(program)
}

/// A hundred million rounds.
pub fn two_loops(report: &mut Report, folder: &Path) {
    report.group(
        "for (i < 10000) for (j < 10000) k += i * j: `ktm run`, its compilation included, against cc -O0",
    );
    let what = "100,000,000 rounds";
    let program = match native(folder) {
        Ok(program) => program,
        Err(why) => return report.skipped(what, why),
    };
    let mut outputs = (Vec::new(), Vec::new());
    let row = compare(
        3,
        &mut || {
            time(1, || {
                let finished = run_source("loops.c", LOOPS, &[], b"", &RunOptions::default());
                outputs.0 = finished.expect("the loops compile").stdout;
            })
        },
        &mut || {
            time(1, || {
                outputs.1 = Command::new(&program).output().expect("the loops run").stdout
            })
        },
    );
    assert_eq!(
        outputs.0, outputs.1,
        "the model and the machine disagree about the sum"
    );
    report.row(what, &row, Goal::Slower(25.0));
}
