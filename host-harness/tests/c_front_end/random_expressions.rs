//! Random arithmetic over all types of C, compared with `cc` in one batch: conversions, signs, wrap-around.

use crate::support::agree;

/// A small generator of numbers (xorshift), so that a failure comes back.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % below
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }
}

const INTS: [&str; 12] = [
    "_Bool",
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long",
];

/// Values at the edges of types.
const VALUES: [&str; 22] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "-1",
    "-2",
    "127",
    "128",
    "-128",
    "255",
    "256",
    "32767",
    "-32768",
    "65535",
    "2147483647",
    "(-2147483647-1)",
    "4294967295u",
    "2147483648",
    "9223372036854775807",
    "(-9223372036854775807-1)",
    "18446744073709551615ul",
];

/// Variables: `i0`.. of integer types, `f0`.. of floating types; globals and locals.
struct Program {
    random: Random,
    text: String,
    ints: usize,
}

impl Program {
    fn atom(&mut self) -> String {
        match self.random.next(4) {
            0 => self.random.pick(&VALUES).to_owned(),
            1 => format!("g{}", self.random.next(self.ints)),
            2 => format!("f{}", self.random.next(4)),
            _ => format!("i{}", self.random.next(self.ints)),
        }
    }

    /// An expression of integer type.
    fn integer(&mut self, depth: usize) -> String {
        if depth == 0 {
            return loop {
                let atom = self.atom();
                if !atom.starts_with('f') {
                    break atom;
                }
            };
        }
        let kind = self.random.next(16);
        let (a, b) = (self.integer(depth - 1), self.integer(depth - 1));
        match kind {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} / (({b} & 15) + 1))"),
            4 => format!("({a} % (({b} & 15) + 1))"),
            // What a left shift loses of a signed value is undefined, and gcc makes use of it.
            5 => match self.random.next(3) {
                0 => format!("(({a} & 255) << ({b} & 7))"),
                1 => format!("((unsigned){a} << ({b} & 31))"),
                _ => format!("((unsigned long){a} << ({b} & 63))"),
            },
            6 => format!("({a} >> ({b} & 31))"),
            7 => format!("({a} {} {b})", self.random.pick(&["&", "|", "^"])),
            8 => format!(
                "({a} {} {b})",
                self.random.pick(&["<", "<=", ">", ">=", "==", "!="])
            ),
            9 => format!("({})({a})", self.random.pick(&INTS)),
            10 => format!("({}({a}))", self.random.pick(&["-", "~", "!", "+"])),
            11 => format!("({a} {} {b})", self.random.pick(&["&&", "||"])),
            12 => format!("({a} ? {b} : {})", self.integer(depth - 1)),
            13 => {
                let (x, y) = (self.float(depth - 1), self.float(depth - 1));
                format!(
                    "({x} {} {y})",
                    self.random.pick(&["<", "<=", ">", ">=", "==", "!="])
                )
            }
            14 => format!(
                "(({})({}))",
                self.random.pick(&["int", "long", "short"]),
                self.small_float()
            ),
            _ => format!("({a}, {b})"),
        }
    }

    /// A value that fits every integer type but the shortest.
    fn small_float(&mut self) -> String {
        format!(
            "(double)((signed char)({})) * {}",
            self.integer(1),
            self.random.pick(&["0.5", "0.25", "0.75f"])
        )
    }

    fn float(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!("f{}", self.random.next(4));
        }
        let kind = self.random.next(7);
        let (a, b) = (self.float(depth - 1), self.float(depth - 1));
        match kind {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} / {b})"),
            // Never a constant: gcc makes -x of 0.0 - x, which differs in the sign of zero.
            4 => {
                let variable = self.random.next(self.ints);
                format!(
                    "({})(i{variable} + {})",
                    self.random.pick(&["float", "double"]),
                    self.integer(depth - 1)
                )
            }
            5 => format!("({} * {a})", self.integer(depth - 1)),
            _ => format!("(-{a})"),
        }
    }

    fn assignments(&mut self) -> String {
        let target = format!("{}{}", self.random.pick(&["i", "g"]), self.random.next(self.ints));
        let value = self.integer(2);
        match self.random.next(12) {
            0 => format!("{target} = {value};"),
            1 => format!("{target} += {value};"),
            2 => format!("{target} -= {value};"),
            3 => format!("{target} *= {value};"),
            4 => format!("{target} /= ({value} & 15) + 1;"),
            5 => format!("{target} %= ({value} & 15) + 1;"),
            6 => format!("{target} <<= {value} & 7;"),
            7 => format!("{target} >>= {value} & 7;"),
            8 => format!("{target} ^= {value};"),
            9 => format!("f{} = {};", self.random.next(4), self.float(2)),
            10 => format!("p({target}++);"),
            _ => format!("p(--{target});"),
        }
    }

    fn function(&mut self, number: usize, statements: usize) {
        let mut text = format!("static void t{number}(void) {{\n");
        for index in 0..self.ints {
            let value = self.random.pick(&VALUES);
            text += &format!("{} i{index} = {value};\n", INTS[index % INTS.len()]);
        }
        for index in 0..4 {
            let value = self.random.pick(&["0.5", "-1.75", "3e9", "1e-3", "100", "-0.0"]);
            text += &format!(
                "{} f{index} = {value};\n",
                if index % 2 == 0 { "double" } else { "float" }
            );
        }
        for _ in 0..statements {
            text += &match self.random.next(4) {
                0 => self.assignments(),
                1 => format!("d({});", self.float(2)),
                _ => format!("p({});", self.integer(3)),
            };
            text.push('\n');
        }
        text += "}\n";
        self.text += &text;
    }
}

fn program(seed: u64, functions: usize, statements: usize) -> String {
    let mut program = Program {
        random: Random(seed),
        text: String::new(),
        ints: INTS.len(),
    };
    program.text += "#include <stdio.h>\n\
        #define p(v) pl(__LINE__, v)\n\
        #define d(v) dl(__LINE__, v)\n\
        static void pl(int line, long long v) { printf(\"%d: %llx\\n\", line, v); }\n\
        static void dl(int line, double v) { union { double d; long l; } u; u.d = v == v ? v : 0; printf(\"%d: %lx\\n\", line, u.l); }\n";
    for (index, ty) in INTS.iter().enumerate() {
        let value = program.random.pick(&VALUES);
        program.text += &format!("{ty} g{index} = {value};\n");
    }
    for number in 0..functions {
        program.function(number, statements);
    }
    program.text += "int main(void) {\n";
    for number in 0..functions {
        program.text += &format!("t{number}();\n");
    }
    program.text += "return 0; }\n";
    program.text
}

#[test]
fn arithmetic_agrees_with_cc() {
    let rounds = std::env::var("KTM_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(3);
    for seed in 1..=rounds {
        agree(&program(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed), 30, 40));
    }
}

/// Out of range, the processor decides: both run the same conversions on values that no compiler knows.
#[test]
fn conversions_of_huge_floats_agree_with_cc() {
    let mut text = String::from("#include <stdio.h>\nint main(void) {\n");
    let values = [
        "1e10", "-1e10", "1e20", "-1e20", "3e9", "-3e9", "70000.5", "-129.9", "255.9", "1.8e19", "9.3e18",
        "0.0/zero",
    ];
    text += "volatile double zero = 0, d; volatile float f;\n";
    for value in values {
        text += &format!("d = {value}; f = d;\n");
        for ty in INTS {
            text += &format!("printf(\"%llx %llx\\n\", (long long)({ty})d, (long long)({ty})f);\n");
        }
    }
    text += "return 0; }\n";
    agree(&text);
}
