//! `ktm explore --expect`: answers of every kind, right and wrong, and what is said about those that are wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test reports by panicking

#[path = "support/session.rs"]
mod session;

use session::ktm;

use snapbox::{Assert, Data, IntoData, str};
use std::path::PathBuf;

/// Two processes write without waiting for each other.
const RACE: &str = r#"
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0) {
        write(1, "b\n", 2);
        _exit(0);
    }
    write(1, "a\n", 2);
    wait(NULL);
    return 0;
}
"#;

/// A second child is there only if the first had ended before it was looked for.
const IMPATIENT: &str = r#"
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0)
        _exit(0);
    if (waitpid(-1, NULL, WNOHANG) > 0) {
        if (fork() == 0)
            _exit(0);
        write(1, "again\n", 6);
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
"#;

/// A thread forks; whoever is left alone with the pipe waits for ever.
const THREAD: &str = r#"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
static void *run(void *arg)
{
    if (fork() == 0)
        _exit(0);
    return arg;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    wait(NULL);
    return 0;
}
"#;

/// Two locks, taken in two orders.
const LOCKS: &str = r#"
#include <unistd.h>
int main(void)
{
    int a[2], b[2];
    char c;
    pipe(a);
    pipe(b);
    write(a[1], "x", 1);
    write(b[1], "x", 1);
    if (fork() == 0) {
        read(a[0], &c, 1);
        read(b[0], &c, 1);
        write(1, "child\n", 6);
        write(b[1], "x", 1);
        write(a[1], "x", 1);
        _exit(0);
    }
    read(b[0], &c, 1);
    read(a[0], &c, 1);
    write(1, "parent\n", 7);
    write(a[1], "x", 1);
    write(b[1], "x", 1);
    return 3;
}
"#;

/// It prints without end.
const ENDLESS: &str = r#"
#include <unistd.h>
int main(void)
{
    for (;;)
        write(1, "x", 1);
}
"#;

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Grades one question with these answers; `name` is that of the test, for its files.
fn grade(name: &str, program: &str, answers: &str, options: &[&str]) -> (String, String, i32) {
    let program = file(&format!("{name}.c"), program);
    let key = file(
        &format!("{name}.toml"),
        &format!("[[question]]\nname = \"q\"\n{answers}\n"),
    );
    let mut args = vec!["explore", "--expect", key.to_str().unwrap()];
    args.extend(options);
    args.push(program.to_str().unwrap());
    ktm(&args)
}

/// Every answer is right.
fn right(name: &str, program: &str, answers: &[&str]) {
    for answer in answers {
        let (stdout, stderr, status) = grade(name, program, answer, &[]);
        assert_eq!(
            (stdout.as_str(), stderr.as_str(), status),
            ("right  q (1 of 1 point)\n1 of 1 right, 1 of 1 points\n", "", 0),
            "{answer}"
        );
    }
}

/// Every answer is wrong, and this is said about it; the schedule of the example, if there is one, leads to its output.
fn wrong(name: &str, program: &str, answers: &[(&str, &[&str])]) {
    let witness = file(&format!("{name}.schedule"), "");
    for (answer, remarks) in answers {
        let options = ["--witness", witness.to_str().unwrap()];
        let (stdout, stderr, status) = grade(name, program, answer, &options);
        assert_eq!((stderr.as_str(), status), ("", 1), "{answer}\n{stdout}");
        let said: Vec<&str> = stdout
            .lines()
            .filter_map(|line| line.strip_prefix("       "))
            .collect();
        let schedule = format!("its schedule is in {}", witness.display());
        let (schedules, said): (Vec<&str>, Vec<&str>) = said.into_iter().partition(|said| **said == schedule);
        assert_eq!(&said, remarks, "{answer}");
        let example = said.get(1).and_then(|said| said.strip_prefix("for example "));
        assert_eq!(schedules.len(), usize::from(example.is_some()), "{answer}");
        if let Some((output, ending)) = example.and_then(|example| example.split_once(", and it "))
            && ending.starts_with("exited")
        {
            let output: String = serde_json::from_str(output).unwrap();
            let source = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.c"));
            let schedule = witness.to_str().unwrap();
            let (stdout, _, _) = ktm(["run", "--schedule", schedule, source.to_str().unwrap()]);
            assert_eq!(stdout, output, "{answer}");
        }
    }
}

#[test]
fn counts() {
    let ab = r#"for example "a\nb\n", and it exited with status 0"#;
    right(
        "counts",
        RACE,
        &[
            "outputs = 2",
            "interleavings = 2",
            "processes = 2",
            "writes = 2",
            "lines = 2",
            r#"printed = { "a\n" = 1, "\n" = 2, "c" = 0 }"#,
            "lines = { least = 2, most = 2 }",
            "outputs = 2\nlines = 2",
        ],
    );
    wrong(
        "counts",
        RACE,
        &[
            ("outputs = 3", &["there are 2 outputs"]),
            (r#"outputs = "infinite""#, &["there are 2 outputs"]),
            ("interleavings = 1", &["there are 2 orders of the writes"]),
            ("lines = 1", &["possible: lines = 2", ab]),
            ("lines = 7", &["possible: lines = 2", ab]),
            ("lines = { least = 2, most = 3 }", &["impossible: lines = 3", ab]),
            (
                r#"printed = { "\n" = 1 }"#,
                &[r#"possible: times of "\n" = 2"#, ab],
            ),
            // The first answer that is wrong is told.
            ("outputs = 2\nlines = 3\nwrites = 2", &["possible: lines = 2", ab]),
        ],
    );
}

#[test]
fn counts_that_differ_from_way_to_way() {
    right(
        "differ",
        IMPATIENT,
        &[
            "processes = { least = 2, most = 3 }",
            "writes = { least = 0, most = 1 }",
            "lines = { least = 0, most = 1 }",
            r#"printed = { "a" = { least = 0, most = 2 } }"#,
        ],
    );
    let once = r#"for example "", and it exited with status 0"#;
    let again = r#"for example "again\n", and it exited with status 0"#;
    wrong(
        "differ",
        IMPATIENT,
        &[
            ("processes = 2", &["possible: processes = 3", again]),
            ("processes = 3", &["possible: processes = 2", once]),
            (
                "processes = { least = 1, most = 3 }",
                &["impossible: processes = 1", once],
            ),
            ("writes = 0", &["possible: writes = 1", again]),
            ("lines = 1", &["possible: lines = 0", once]),
        ],
    );
}

#[test]
fn sets() {
    right(
        "sets",
        RACE,
        &[
            r#"exactly = ["a\nb\n", "b\na\n"]"#,
            r#"exactly = ["b\na", "a\nb"]"#,
            r#"possible = ["a\nb"]"#,
            r#"impossible = ["a", "ab", ""]"#,
        ],
    );
    let ab = r#"for example "a\nb\n", and it exited with status 0"#;
    let ba = r#"for example "b\na\n", and it exited with status 0"#;
    wrong(
        "sets",
        RACE,
        &[
            (r#"exactly = ["a\nb\n"]"#, &[r#""b\na\n" is possible too"#, ba]),
            (
                r#"exactly = ["a\nb\n", "b\na\n", "a\na\n"]"#,
                &[r#""a\na\n" is impossible"#],
            ),
            ("exactly = []", &[r#""a\nb\n" is possible too"#, ab]),
            (r#"possible = ["a\nb\n", "ab"]"#, &[r#""ab" is impossible"#]),
            (r#"impossible = ["b\na"]"#, &[r#""b\na" is possible"#, ba]),
        ],
    );
}

#[test]
fn orders() {
    right(
        "orders",
        LOCKS,
        &[
            r#"always = ["x < y"]"#,
            r#"sometimes = ["parent < child", "deadlock", "status 3"]"#,
            r#"never = ["livelock", "status 0"]"#,
        ],
    );
    wrong(
        "orders",
        LOCKS,
        &[
            (
                r#"never = ["deadlock"]"#,
                &["not never: deadlock", r#"for example "", and it deadlocked"#],
            ),
            (
                r#"always = ["status 3"]"#,
                &["not always: status 3", r#"for example "", and it deadlocked"#],
            ),
            (
                r#"always = ["parent < child"]"#,
                &[
                    "not always: parent < child",
                    r#"for example "child\nparent\n", and it exited with status 3, leaving orphans behind"#,
                ],
            ),
            (
                r#"sometimes = ["livelock"]"#,
                &["never: livelock", r#"for example "", and it deadlocked"#],
            ),
            (
                r#"sometimes = ["x < y"]"#,
                &["always: x < y", r#"for example "", and it deadlocked"#],
            ),
        ],
    );
}

#[test]
fn trees() {
    right(
        "trees",
        RACE,
        &["tree.main.child = {}", "tree = { p = { q = {} } }"],
    );
    right("thread", THREAD, &["tree.main.child = {}\nprocesses = 2"]);
    let once = r#"for example "", and it exited with status 0"#;
    let again = r#"for example "again\n", and it exited with status 0"#;
    wrong(
        "trees",
        IMPATIENT,
        &[
            // Neither holds on every way.
            ("tree.main.a = {}", &["the tree can be 3(4 5), by pid", again]),
            (
                "tree.main.a = {}\ntree.main.b = {}",
                &["the tree can be 3(4), by pid", once],
            ),
            ("tree.main = {}", &["the tree can be 3(4), by pid", once]),
        ],
    );
}

#[test]
fn the_order_of_children_is_that_of_their_birth() {
    let program = std::fs::read_to_string("docs/examples/two_forks.c").unwrap();
    // Not by name, and not by the alphabet.
    right("births", &program, &["tree.m.z.c = {}\ntree.m.a = {}"]);
    let (stdout, _, status) = grade("births", &program, "tree.m.a = {}\ntree.m.b.c = {}", &[]);
    assert_eq!(status, 1);
    assert!(stdout.contains("3(4(6) 5), by pid"), "{stdout}");
}

#[test]
fn tables() {
    right(
        "tables",
        LOCKS,
        &[
            r#"table = [["", true], ["child\nparent\n", true], ["child", false]]"#,
            r#"endings = { "" = "deadlock", "child\nparent" = 3 }"#,
            r#"endings = { "child\nparent" = [3] }"#,
        ],
    );
    wrong(
        "tables",
        LOCKS,
        &[
            (r#"table = [["", true], ["x", true]]"#, &[r#""x" is impossible"#]),
            (
                r#"table = [["", false]]"#,
                &[r#""" is possible"#, r#"for example "", and it deadlocked"#],
            ),
            (
                r#"endings = { "" = 0 }"#,
                &[
                    r#"after "" it can end in another way"#,
                    r#"for example "", and it deadlocked"#,
                ],
            ),
            (
                r#"endings = { "" = ["deadlock", 3] }"#,
                &[
                    r#"after "" it never ends so: status 3"#,
                    r#"for example "", and it deadlocked"#,
                ],
            ),
            (r#"endings = { "x" = 0 }"#, &[r#""x" is impossible"#]),
        ],
    );
}

#[test]
fn what_goes_on_for_ever() {
    right(
        "endless",
        ENDLESS,
        &[r#"outputs = "infinite""#, r#"always = ["livelock"]"#, "lines = 1"],
    );
    wrong(
        "endless",
        ENDLESS,
        &[("outputs = 3", &["there are infinitely many outputs"])],
    );
    // All that it has written at some time is an output.
    for (answer, output) in [
        (r#"exactly = ["", "x"]"#, "xx"),
        ("writes = { least = 0, most = 2 }", "xxx"),
        ("lines = 0", "x"),
    ] {
        let (stdout, _, status) = grade("endless", ENDLESS, answer, &[]);
        assert_eq!(status, 1, "{answer}");
        let example = format!("\"{output}\", and it goes on for ever\n");
        assert!(stdout.contains(&example), "{stdout}");
    }
}

#[test]
fn what_is_not_decided() {
    let bound = ["--states", "2"];
    let not_decided = "open   q (0 of 1 point)\n       not decided: the search is not complete\n0 of 1 right, 0 of 1 points\n";
    for answers in [
        "outputs = 2",
        r#"impossible = ["x"]"#,
        r#"possible = ["x"]"#,
        "tree.main.a = {}",
        "processes = 2",
        r#"never = ["deadlock"]"#,
    ] {
        let (stdout, stderr, status) = grade("bound", RACE, answers, &bound);
        assert_eq!(
            (stdout.as_str(), stderr.as_str(), status),
            (not_decided, "", 4),
            "{answers}"
        );
    }
    // What was found was found.
    let (stdout, _, status) = grade("found", ENDLESS, "lines = 0", &["--states", "4"]);
    assert_eq!(status, 1, "{stdout}");
}

/// Each key that is none, and the first and the last line of the message.
const BROKEN: [(&str, &str, &str); 12] = [
    (
        "question = 1",
        "line 1, column 12",
        "invalid type: integer `1`, expected a sequence",
    ),
    (
        "question = []",
        "a key has at least one [[question]]",
        "a key has at least one [[question]]",
    ),
    (
        "[[question]]\noutputs = 1",
        "line 1, column 1",
        "missing field `name`",
    ),
    (
        "[[question]]\nname = \"q\"\noutputs = -1",
        "line 3, column 11",
        "expected a number, or \"infinite\"",
    ),
    (
        "[[question]]\nname = \"q\"\nlines = { least = 4, most = 3 }",
        "line 3, column 9",
        "the least, 4, is more than the most, 3",
    ),
    (
        "[[question]]\nname = \"q\"\nlines = 1\npoints = -1",
        "line 1, column 1",
        "question \"q\" is worth -1 points: write 0 or more",
    ),
    (
        "\n[[question]]\nname = \"q\"",
        "line 2, column 1",
        "question \"q\" has no answer: give outputs, exactly, always, tree or another",
    ),
    (
        "[[question]]\nname = \"q\"\npossible = [\"a\"]\nimpossible = [\"a\\n\"]",
        "line 1, column 1",
        "question \"q\" is answered twice: whether \"a\" is possible",
    ),
    (
        "[[question]]\nname = \"q\"\nalways = [\"\"]",
        "line 1, column 1",
        "question \"q\" names an empty text: it is everywhere",
    ),
    (
        "[[question]]\nname = \"q\"\ntree = { a = {}, b = {} }",
        "line 3, column 8",
        "a tree begins with one process, as in `tree.main.child = {}`",
    ),
    (
        "[[question]]\nname = \"q\"\nendings = { a = \"deadloc\" }",
        "line 3, column 17",
        "expected an exit status, \"deadlock\" or \"livelock\", or a list of these",
    ),
    (
        "[[question]]\nname = \"q\"\nlines = 1\n[[question]]\nname = \"q\"\nlines = 1",
        "two questions have the name \"q\"",
        "two questions have the name \"q\"",
    ),
];

#[test]
fn keys_that_are_none() {
    let program = file("broken.c", RACE);
    let told = |key: &str| {
        let key = file("broken.toml", key);
        let args = [
            "explore",
            "--expect",
            key.to_str().unwrap(),
            program.to_str().unwrap(),
        ];
        let (stdout, stderr, status) = ktm(args);
        assert_eq!((stdout.as_str(), status), ("", 2), "{stderr}");
        assert!(
            stderr.starts_with(&format!("ktm: {}: ", key.display())),
            "{stderr}"
        );
        stderr
    };
    for (key, place, message) in BROKEN {
        let stderr = told(key);
        let (first, last) = (stderr.lines().next().unwrap(), stderr.lines().last().unwrap());
        assert!(
            first.ends_with(place) && last.ends_with(message),
            "{key}\n{stderr}"
        );
    }
    let stderr = told("[[question]]\nname = \"q\"\noutputz = 1");
    assert!(
        stderr.contains("unknown field `outputz`, expected one of `name`"),
        "{stderr}"
    );
    let (_, stderr, status) = ktm(["explore", "--expect", "nowhere.toml", program.to_str().unwrap()]);
    assert_eq!(status, 2);
    assert!(stderr.starts_with("ktm: cannot read nowhere.toml: "), "{stderr}");
}

const KEY: &str = "docs/examples/two_forks.toml";
const PROGRAM: &str = "docs/examples/two_forks.c";

/// Grades answers to a question about [`RACE`].
fn grade_answers(name: &str, asked: &str, answers: &str) -> (String, i32) {
    let program = file(&format!("{name}.c"), RACE);
    let question = |answers| format!("[[question]]\nname = \"q\"\n{answers}\n");
    let key = file(&format!("{name}_key.toml"), &question(asked));
    let answers = file(&format!("{name}_answers.toml"), &question(answers));
    let [key, answers, program] = [&key, &answers, &program].map(|path| path.to_str().unwrap());
    let (stdout, _, status) = ktm(["explore", "--expect", key, "--answers", answers, program]);
    (stdout, status)
}

#[test]
fn answers_of_others_answer_what_is_asked() {
    let asked = "points = 2\nlines = 99\nalways = [\"a < b\"]\npossible = [\"a\\nb\"]";
    let full =
        "lines = 2\nsometimes = [\"a < b\"]\nimpossible = []\ntable = [[\"a\\nb\\n\", true]]\npoints = 100";
    let (stdout, status) = grade_answers("others", asked, full);
    assert_eq!(
        (stdout.as_str(), status),
        ("right  q (2 of 2 points)\n1 of 1 right, 2 of 2 points\n", 0)
    );
    for (answers, missing) in [
        ("lines = 2", "it is not answered: whether \"a\\nb\" is possible"),
        (
            "lines = 2\npossible = [\"a\\nb\"]\nalways = [\"a < c\"]",
            "it is not answered: whether always, sometimes or never: a < b",
        ),
        (&full.replace("lines = 2", "lines = 3"), "possible: lines = 2"),
    ] {
        let (stdout, status) = grade_answers("others", asked, answers);
        assert_eq!(status, 1, "{stdout}");
        assert!(stdout.contains(missing), "{stdout}");
    }
}

#[test]
fn answers_that_cannot_be_read_are_a_failed_test_for_gradescope() {
    let answers = file("unreadable.toml", "[[question]]\nname = 3\n");
    let answers = answers.to_str().unwrap();
    let args = [
        "explore",
        "--expect",
        KEY,
        "--answers",
        answers,
        "--grade",
        "gradescope",
        PROGRAM,
    ];
    let (stdout, stderr, status) = ktm(args);
    assert_eq!(status, 2);
    let results: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let test = &results["tests"][0];
    assert_eq!(
        (test["score"].as_f64(), test["max_score"].as_f64()),
        (Some(0.0), Some(9.0))
    );
    assert_eq!(
        stderr.trim_end(),
        format!("ktm: {}", test["output"].as_str().unwrap().trim_end())
    );
}

/// One right, one wrong with an example, one wrong without.
fn form(form: &str) -> String {
    let key = "[[question]]\nname = \"lines\"\nlines = 2\n[[question]]\nname = \"order\"\npoints = 2.5\nalways = [\"a < b\"]\n[[question]]\nname = \"how many\"\noutputs = 3\n";
    let key = file(&format!("{form}.toml"), key);
    let program = "docs/examples/a_and_b.c";
    let source = file("a_and_b.c", RACE);
    let args = [
        "explore",
        "--expect",
        key.to_str().unwrap(),
        "--grade",
        form,
        source.to_str().unwrap(),
    ];
    let (stdout, stderr, status) = ktm(args);
    assert_eq!((stderr.as_str(), status), ("", 1));
    stdout.replace(source.to_str().unwrap(), program)
}

/// As it is recorded, with each backslash as it is.
fn check(written: &str, recorded: impl IntoData) {
    let assert = Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    assert.eq(Data::text(written), recorded.into_data().raw());
}

#[test]
fn the_form_for_programs() {
    check(
        &form("json"),
        str![[r#"
{
  "version": 1,
  "program": "docs/examples/a_and_b.c",
  "complete": true,
  "score": 1.0,
  "max_score": 4.5,
  "questions": [
    {
      "name": "lines",
      "verdict": "right",
      "score": 1.0,
      "max_score": 1.0,
      "why": null,
      "counterexample": null
    },
    {
      "name": "order",
      "verdict": "wrong",
      "score": 0.0,
      "max_score": 2.5,
      "why": "not always: a < b",
      "counterexample": {
        "output": "b\na\n",
        "ending": "done",
        "status": 0,
        "zombies": false,
        "orphans": false,
        "schedule": null
      }
    },
    {
      "name": "how many",
      "verdict": "wrong",
      "score": 0.0,
      "max_score": 1.0,
      "why": "there are 2 outputs",
      "counterexample": null
    }
  ]
}

"#]],
    );
}

#[test]
fn the_form_for_gradescope() {
    check(
        &form("gradescope"),
        str![[r#"
{
  "tests": [
    {
      "name": "lines",
      "score": 1.0,
      "max_score": 1.0,
      "status": "passed",
      "output": ""
    },
    {
      "name": "order",
      "score": 0.0,
      "max_score": 2.5,
      "status": "failed",
      "output": "not always: a < b\nfor example \"b\\na\\n\", and it exited with status 0"
    },
    {
      "name": "how many",
      "score": 0.0,
      "max_score": 1.0,
      "status": "failed",
      "output": "there are 2 outputs"
    }
  ]
}

"#]],
    );
}

#[test]
fn a_form_needs_a_key() {
    let (_, stderr, status) = ktm(["explore", "--grade", "json", PROGRAM]);
    assert_eq!(status, 2);
    assert!(stderr.contains("--expect"), "{stderr}");
}

#[test]
fn the_page_shows_the_key() {
    let page = std::fs::read_to_string("docs/answer-keys.md").unwrap();
    let key = std::fs::read_to_string(KEY).unwrap();
    assert!(
        page.contains(&format!("```toml\n{key}```")),
        "copy {KEY} into the page"
    );
}
