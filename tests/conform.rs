//! `ktm conform`: what it prints and writes for kernels that are right, wrong, silent and not there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "support/session.rs"]
mod session;

use session::ktm;

use std::path::PathBuf;

use snapbox::str;

/// What `ktm conform` prints on stdout and stderr, and its status.
fn conform(args: &[&str], kernel: &[&str]) -> (String, String, i32) {
    let dashes: &[&str] = if kernel.is_empty() { &[] } else { &["--"] };
    let words = ["conform"].iter().chain(args).chain(dashes).chain(kernel);
    ktm(words)
}

/// A kernel that knows one call, and gives this to it.
fn one_call(call: &str, answer: &str) -> String {
    format!(
        r#"while read x; do case $x in
            *boot*) echo '{{"ok":true,"observes":["state"],"calls":["{call}","getpid"]}}';;
            *getpid*) echo '{{"done":1}}';;
            *step*) {answer};;
            *returned*) echo '{{"returned":[]}}';;
            *) echo '{{"tasks":[{{"tid":1,"state":"R"}}]}}';;
        esac; done"#
    )
}

fn place(name: &str) -> (PathBuf, String) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = path.to_str().unwrap().to_owned();
    (path, text)
}

#[test]
fn a_kernel_that_is_right_conforms() {
    let script = one_call("gettid", r#"echo '{"done":1}'"#);
    let (out, err, status) = conform(&["--programs", "20"], &["sh", "-c", &script]);
    assert_eq!((err.as_str(), status), ("", 0), "{out}");
    snapbox::assert_data_eq!(
        out,
        str![[r#"
groups    2 of  2
laws      3 of  3
not told, not compared: tgid, ppid, pgid, sid, threads, exit_signal, pending, shared_pending, blocked, ignored, caught, handlers, descriptors, pages
20 programs, [..] calls, 0 divergences

"#]]
    );
}

#[test]
fn a_kernel_that_is_wrong_is_told_the_shortest_program_in_every_format() {
    let script = one_call("gettid", r#"echo '{"done":7}'"#);
    let ((json, json_arg), (junit, junit_arg), (scope, scope_arg)) = (
        place("wrong.json"),
        place("wrong.xml"),
        place("wrong-results.json"),
    );
    let args = [
        "--programs",
        "20",
        "--json",
        &json_arg,
        "--junit",
        &junit_arg,
        "--gradescope",
        &scope_arg,
    ];
    let (out, err, status) = conform(&args, &["sh", "-c", &script]);
    assert_eq!((err.as_str(), status), ("", 1), "{out}");
    snapbox::assert_data_eq!(
        out,
        str![[r#"
groups    1 of  2
  gettid: divergence in what the call gives
  1: gettid()
    system = 7
    model:  = 1
laws      3 of  3
not told, not compared: tgid, ppid, pgid, sid, threads, exit_signal, pending, shared_pending, blocked, ignored, caught, handlers, descriptors, pages
20 programs, [..] calls, [..] divergences

"#]]
    );
    let read = |path| std::fs::read_to_string(path).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read(json)).unwrap();
    assert_eq!(report["calls"][1]["call"], "gettid");
    assert!(report["calls"][1]["wrong"][0].as_str().unwrap().contains("= 7"));
    let graded: serde_json::Value = serde_json::from_str(&read(scope)).unwrap();
    let groups = &graded["tests"][0];
    assert_eq!(groups["name"], "groups");
    assert_eq!(
        (groups["score"].as_i64(), groups["max_score"].as_i64()),
        (Some(1), Some(2))
    );
    assert_eq!(groups["status"], "failed");
    assert_eq!(graded["tests"][1]["status"], "passed");
    snapbox::assert_data_eq!(
        read(junit),
        str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ktm conform">
  <testsuite name="groups" tests="2" failures="1" skipped="0">
    <testcase classname="groups" name="getpid"></testcase>
    <testcase classname="groups" name="gettid"><failure message="divergence in what the call gives">divergence in what the call gives
  1: gettid()
    system = 7
    model:  = 1
</failure></testcase>
  </testsuite>
  <testsuite name="laws" tests="3" failures="0" skipped="0">
    <testcase classname="laws" name="determinism"></testcase>
    <testcase classname="laws" name="numbers-come-in-turn"></testcase>
    <testcase classname="laws" name="failure-changes-nothing"></testcase>
  </testsuite>
</testsuites>

"#]]
    );
}

/// `ktm conform --merge` of these reports.
fn merge(reports: &[&str]) -> (String, String, i32) {
    let args: Vec<&str> = ["--merge"].iter().chain(reports).copied().collect();
    conform(&args, &[])
}

#[test]
fn the_reports_of_the_parts_are_added_up() {
    let script = one_call("gettid", r#"echo '{"done":7}'"#);
    let parts = ["1/2", "2/2"].map(|part| {
        let (_, json) = place(&format!("part-{}.json", &part[..1]));
        let args = ["--programs", "20", "--shard", part, "--json", &json];
        assert_eq!(conform(&args, &["sh", "-c", &script]).2, 1);
        json
    });
    let (_, whole) = place("whole.json");
    let args = ["--programs", "20", "--json", &whole];
    assert_eq!(conform(&args, &["sh", "-c", &script]).2, 1);
    let (merged, _, status) = merge(&[&parts[0], &parts[1]]);
    let (alone, _, _) = merge(&[&whole]);
    let last = |text: &str| text.lines().last().unwrap().to_owned();
    assert_eq!((last(&merged), status), (last(&alone), 1), "{merged}");
    assert!(merged.starts_with("groups    1 of  2\n"), "{merged}");

    let (_, other) = place("other.json");
    let right = one_call("gettid", r#"echo '{"done":1}'"#);
    assert_eq!(
        conform(&["--programs", "5", "--json", &other], &["sh", "-c", &right]).2,
        0
    );
    let (_, err, status) = merge(&[&whole, &other]);
    assert!(err.contains("another kernel"), "{err}");
    assert_eq!(status, 2);
}

#[test]
fn a_kernel_that_hangs_has_a_status_of_its_own() {
    let script = one_call("gettid", "exec sleep 60");
    let args = ["--programs", "2", "--calls", "3", "--timeout", "400"];
    let (out, _, status) = conform(&args, &["sh", "-c", &script]);
    assert_eq!(status, 3, "{out}");
    assert!(out.contains("hung: no answer to"), "{out}");
}

#[test]
fn a_kernel_that_crashes_is_quoted() {
    let script = one_call("gettid", "echo 'panic: no current task' >&2; exit 9");
    let (out, _, status) = conform(&["--programs", "5"], &["sh", "-c", &script]);
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("exit status: 9") && out.contains("no current task"),
        "{out}"
    );
}

#[test]
fn a_kernel_that_is_not_there_is_bad_input() {
    let (out, err, status) = conform(&[], &["./there-is-no-such-kernel"]);
    assert_eq!((out.as_str(), status), ("", 2));
    assert!(err.contains("cannot start ./there-is-no-such-kernel"), "{err}");
}

#[test]
fn what_can_be_graded_is_listed() {
    let (out, _, status) = ktm(["conform", "--list"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("life     fork vfork clone exit"), "{out}");
    assert!(out.contains("determinism"), "{out}");
}
