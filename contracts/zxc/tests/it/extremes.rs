//! Programs that are as large as a file may be, each in another way: the compiler ends soon, within a test's stack, and says
//! something bounded.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use zxc::{
    compile::{Compilation, Options, compile},
    limits::{DIAGNOSTICS_MAX, SOURCE_BYTES_MAX},
};

/// Enough for a machine that is busy with other things; each takes less than a second on one that is not.
const LONGEST: Duration = Duration::from_secs(10);

fn read(what: &str, text: &str) -> usize {
    let text = &text[..text.len().min(SOURCE_BYTES_MAX)];
    let start = Instant::now();
    let Compilation { diagnostics, .. } = compile("a.zx", text, &BTreeMap::new(), &Options::default());
    assert!(start.elapsed() < LONGEST, "{what}: {:?}", start.elapsed());
    assert!(diagnostics.len() <= DIAGNOSTICS_MAX + 1);
    diagnostics.len()
}

/// So many of `piece`, with the number of each for `#`, between a beginning and an end.
fn many(count: usize, beginning: &str, piece: &str, end: &str) -> String {
    let mut text = beginning.to_owned();
    for number in 0..count {
        if text.len() + piece.len() + 16 + end.len() > SOURCE_BYTES_MAX {
            break;
        }
        text.push_str(&piece.replace('#', &number.to_string()));
    }
    text + end
}

#[test]
fn very_many_of_anything_are_checked_or_refused() {
    let in_action = |piece: &str| many(100_000, "contract C { action f() {\n", piece, "}}");
    let cases = [
        ("actions", many(40_000, "contract C {", "action a#() {}\n", "}")),
        ("actions that call each other", many(20_000, "contract C {", "action a#() { this.a1#() }\n", "}")),
        ("a chain of calls", many(20_000, "contract C {", "action private a#0() { this.a#1() }\n", "}")),
        ("storage members", many(40_000, "contract C {", "data d# = 1\n", "}")),
        (
            "storage members and writers",
            many(9_000, "contract C {", "data d# = 1; action a#() { d# = 2; this.a1() }\n", "}"),
        ),
        ("invariants", many(30_000, "contract C { data x = 1\n", "@invariant x > #\n", "action f() { x = 2 } }")),
        ("events", many(30_000, "contract C {", "event E#(x: u8)\n", "}")),
        ("records that contain each other", many(20_000, "record R0 { x: u8 }\n", "record R1# { a: R# }\n", "")),
        ("enum values", many(100_000, "enum E {", "v#,", "}")),
        ("contracts", many(20_000, "", "contract C# { action f() { g() } }\n", "action g() {}")),
        ("variables", in_action("let a# = #\n")),
        ("variables that are read", in_action("let a# = a1 + 1\n")),
        ("unknown names", in_action("let a = b# + c#\n")),
        ("unknown actions", in_action("abcdefg#(1)\n")),
        ("assignments", in_action("let x = 1; x += 1\n")),
        ("pops", "contract C { action f() { let x = [1]; let y = [".to_owned() + &"pop(x),".repeat(100_000) + "] }}"),
        ("sums", "contract C { action f() -> integer { return 1".to_owned() + &" + 1".repeat(200) + " }}"),
        ("branches", "contract C { action f() { if true {} ".to_owned() + &"elif true {} ".repeat(60_000) + "}}"),
        ("strings", in_action("print(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")\n")),
        ("text", "contract C { action f() -> string { return \"a\"".to_owned() + &" + \"a\"".repeat(200) + " }}"),
        ("arguments", "action g() {} action f() { g(".to_owned() + &"1,".repeat(300_000) + ") }"),
        ("modifiers", "contract C { modifier m {} action f() ".to_owned() + &"m ".repeat(300_000) + "{} }"),
        (
            "protocols",
            many(20_000, "", "protocol P# { action f() }\n", "contract C implements P1, P2 { action f() {} }"),
        ),
        ("missing actions", many(20_000, "protocol P {", "action a#()\n", "} contract C implements P {}")),
        (
            "events of protocols",
            many(20_000, "protocol P {", "event e#()\n", "} contract C implements P { action f() { emit x() } }"),
        ),
        (
            "fields of a literal",
            "record R { x: u8 } action f() { let r = R { ".to_owned() + &"x: 1,".repeat(150_000) + "} }",
        ),
        (
            "values of a very long type",
            many(100_000, "action f() { let a0 = (1, 1, 1, 1)\n", "let a1# = (a#, a#, a#, a#); a1# = 1\n", "}"),
        ),
        (
            "tuples in tuples",
            "action f() { let a = (1, 1); ".to_owned()
                + &(0..60).map(|_| "let b = (a, a); let a = (b, b); a = 1; ").collect::<String>()
                + "}",
        ),
        ("uses", "use \"zrc20\" from std\n".repeat(40_000)),
    ];
    for (what, text) in cases {
        read(what, &text);
    }
}

/// Some compile, some are larger than a contract may be, some larger than a program may be: all of the compiler has to do.
#[test]
fn much_code_is_generated_or_refused_soon() {
    let outside = "protocol P { action f(a: string, b: List<u8>) -> (u8, string) }
        contract C {
            persistent storage m: Map<integer, integer>
            persistent storage total: integer
            event E(indexed a: string, b: integer)\n";
    let in_action = [
        "total += m[#]\n",
        "m[#] = #\n",
        "if m[#] > 1 { m[1#] = 1 }\n",
        "while m[#] > 1 { m[1#] = 1 }\n",
        "tx { m[#] += 1 } catch { total = m[#] }\n",
        "let k# = total; m[k#] += k#\n",
        "total = total * # + total / 1# - total % 2#\n",
        "require(total > # && total != 1# || m[#] <= total, \"number #\")\n",
        "print(\"text # \" + string(#))\n",
        "print(string(len([[1, 2], [#]])))\n",
        "emit E(\"a#\", #)\n",
        "let _ = P(TX.caller).f(\"a#\", [1, 2])\n",
    ];
    let members = [
        "data d# = 1; action a#() { d# += 1; this.a1() }\n",
        "action a#() { total += 1; this.a1#(); this.a2#() }\n",
        "action a#(k: integer, x: List<string>) -> List<string> { m[k] += #; push(x, \"#\"); return x }\n",
    ];
    for count in [30, 300, 3_000, 30_000] {
        for piece in in_action {
            read(piece, &many(count, &format!("{outside}action f() {{\n"), piece, "}}"));
        }
        for piece in members {
            read(piece, &many(count, outside, piece, "}"));
        }
    }
}

#[test]
fn the_deepest_nesting_is_checked_or_refused() {
    let deep = |open: &str, middle: &str, close: &str, count: usize| open.repeat(count) + middle + &close.repeat(count);
    let action = |body: String| format!("contract C {{ persistent storage m: Map<u8, u8>; action f() {{ {body} }} }}");
    for count in [60, 120, 240] {
        let cases = [
            action(format!("let x = {}", deep("(", "1", ")", count))),
            action(format!("let x = {}", deep("[", "1", "]", count))),
            action(format!("let x = {}", deep("[1, ", "1", "]", count))),
            action(format!("let x = {}", deep("[[], ", "[]", "]", count))),
            action(format!("let x = {}", deep("(1, ", "1", ")", count))),
            action(format!("let x = {}", deep("!", "true", "", count))),
            action(format!("let x = {}", deep("-", "1", "", count))),
            action(format!("let x = {}", deep("min(1, ", "1", ")", count))),
            action(format!("let x = {}", deep("m[", "1", "]", count))),
            action(format!("m{} = 1", deep("[m", "[1]", "]", count))),
            action(format!("let x: {} = null", deep("List<", "u8", ">", count))),
            action(format!("let x = {}", deep("null ?? (", "1", ")", count))),
            action(format!("let x = {}", deep("true && (", "true", ")", count))),
            action(format!("let x = {}", deep("true == (", "true", ")", count))),
            action(format!("let x = {}", deep("u8(", "1", ")", count))),
            action(format!("let x = {}", deep("encode(", "1", ")", count))),
            action(deep("if true { ", "", "}", count)),
            action(deep("while true { ", "", "}", count)),
            action(deep("for each x in [1] { ", "", "}", count)),
            action(deep("try { ", "", "} catch {}", count)),
            action(deep("try {} catch { ", "", "}", count)),
        ];
        for text in cases {
            read("nesting", &text);
        }
    }
}
