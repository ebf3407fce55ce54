//! What the cases in `tests/cases/syntax` cannot show: types, limits, quotes, identities.

use super::*;
use crate::language::command::Word;

const IX: &[&str] = &["interface", "global", "operation"];
const RTX: &[&str] = &["global", "operation"];

fn ix(line: &str) -> Command {
    Syntax::of(Dialect::Ix).parse(IX, line).unwrap()
}

fn rtx(line: &str) -> Command {
    Syntax::of(Dialect::Rtx).parse(RTX, line).unwrap()
}

#[test]
fn values_are_asked_for_by_tag() {
    let route = ix("ip ro default 10.0.0.1 GigaEthernet0.0 met 5");
    assert_eq!(route.rule, Rule::ix_ip_route);
    assert_eq!(route.value("prefix").as_deref(), Some("default"));
    assert_eq!(route.value("metric").as_deref(), Some("5"));
    assert_eq!(route.value("distance"), None);
    assert!(route.has("metric") && route.has("default") && !route.has("5") && !route.has("dhcp"));
    let filter = rtx("ip lan1 secure filter in 10 20 30");
    assert_eq!(filter.values("filter").collect::<Vec<_>>(), ["10", "20", "30"]);
}

#[test]
fn a_value_is_printed_as_typed_and_meant_without_quotes() {
    let prompt = rtx(r#"console prompt "[RTX1210] ""#);
    assert_eq!(prompt.text(), r#"console prompt "[RTX1210] ""#);
    assert_eq!(prompt.value("text").as_deref(), Some("[RTX1210] "));
    assert_eq!(rtx(r"console prompt my\ router\#").value("text").as_deref(), Some("my router#"));
    assert_eq!(rtx(r#"ip lan1 address "10.0.0.1/8""#).text(), "ip lan1 address 10.0.0.1/8");
    assert_eq!(ix("description  two  blanks").value("text").as_deref(), Some("two  blanks"));
}

#[test]
fn a_quoted_word_is_no_keyword() {
    let error = Syntax::of(Dialect::Rtx).parse(RTX, r#""ip" lan1 address dhcp"#).unwrap_err();
    assert_eq!((error.kind, error.column), (SyntaxErrorKind::NoSuchWord, 1));
}

#[test]
fn keys_tell_lines_of_one_command_apart() {
    let keys =
        |command: &Command| command.identity().map(|word: &Word| word.text.to_string()).collect::<Vec<_>>();
    assert_eq!(keys(&ix("hostname crossroads")), [""; 0]);
    assert_eq!(keys(&ix("ip route default 10.0.0.1 metric 5")), ["default", "10.0.0.1"]);
    assert_eq!(keys(&rtx("ip lan1 secure filter in 10 20")), ["lan1", "in"]);
    let entry = "ip access-list web permit ip src any dest any";
    assert_eq!(keys(&ix(entry)).join(" "), entry);
    assert_eq!(
        rtx("nat descriptor type 1 nat").info().setting,
        rtx("nat descriptor type 1 masquerade").info().setting
    );
}

#[test]
fn a_statement_with_no_belongs_to_the_same_command() {
    assert_eq!(ix("no shutdown").rule, ix("shutdown").rule);
    assert_eq!(ix("no ip address").rule, ix("ip address dhcp").rule);
    assert!(ix("no shut").has("no") && ix("shutdown").info().negatable && !ix("hostname a").info().negatable);
}

#[test]
fn the_inner_mode_comes_first() {
    let syntax = Syntax::of(Dialect::Ix);
    let inner = syntax.parse(&["access-list", "global"], "deny ip src any dest any").unwrap();
    assert_eq!(inner.rule, Rule::ix_access_list_entry);
    let outer = syntax.parse(&["global"], "deny ip src any dest any").unwrap_err();
    assert_eq!(outer.kind, SyntaxErrorKind::NoSuchWord);
}

#[test]
fn an_error_is_told_where_it_stands() {
    let error = Syntax::of(Dialect::Ix).parse(IX, "ip address 10.0.0.1/24 secundary").unwrap_err();
    assert_eq!(error.kind, SyntaxErrorKind::NoSuchWord);
    assert_eq!((error.column, error.word.as_str()), (24, "secundary"));
    assert_eq!(error.near_miss.as_deref(), Some("secondary"));
    assert_eq!(error.expected, ["secondary", "<cr>"]);
}

#[test]
fn what_is_too_long_is_refused_and_what_is_long_is_read() {
    let parse = |dialect, modes, line: String| Syntax::of(dialect).parse(modes, &line);
    let endless = parse(Dialect::Ix, IX, "x".repeat(LINE_LIMIT + 1)).unwrap_err();
    assert_eq!(endless.kind, SyntaxErrorKind::TooLong);
    for line in ["ip ", "show ", "\"", "\\", "' \"", "ip lan1 secure filter in ", "no "] {
        let long = line.repeat(LINE_LIMIT / line.len());
        for (dialect, modes) in [(Dialect::Ix, IX), (Dialect::Rtx, RTX)] {
            assert!(parse(dialect, modes, long.clone()).is_err(), "{line}");
        }
    }
    let list = parse(Dialect::Rtx, RTX, format!("ip lan1 secure filter in{}", " 21474836".repeat(10_000)));
    assert_eq!(list.unwrap().words.len(), 10_005);
    let text = parse(Dialect::Ix, IX, format!("description {}", "word ".repeat(LINE_LIMIT / 6)));
    assert_eq!(text.unwrap().words.len(), 2);
    let name = parse(Dialect::Ix, IX, format!("hostname {}", "x".repeat(WORD_LIMIT)));
    assert_eq!(name.unwrap().words.len(), 2);
    let name = parse(Dialect::Ix, IX, format!("hostname {}", "x".repeat(WORD_LIMIT + 1))).unwrap_err();
    assert_eq!((&name.kind, name.column), (&SyntaxErrorKind::LongWord, 10));
    assert!(name.to_string().len() < 100, "{name}");
}

#[test]
fn a_line_holds_nothing_that_a_terminal_obeys() {
    for (line, sign, column) in [
        ("hostname a\u{1b}[2J", '\u{1b}', 11),
        ("description \0", '\0', 13),
        ("description \u{9b}2J", '\u{9b}', 13),
        ("hostname \u{fffd}", '\u{fffd}', 10),
    ] {
        let error = Syntax::of(Dialect::Ix).parse(IX, line).unwrap_err();
        assert_eq!((error.kind, error.column), (SyntaxErrorKind::Unreadable(sign), column), "{line:?}");
    }
    let tabs = Syntax::of(Dialect::Ix).parse(IX, "\thostname\ta\r").unwrap();
    assert_eq!(tabs.text(), "hostname a");
    let comment = Syntax::of(Dialect::Rtx).parse(RTX, "save # \u{1b}[2J");
    assert!(comment.is_ok(), "{comment:?}");
}

#[test]
fn help_knows_values_and_the_end_of_the_line() {
    let next = Syntax::of(Dialect::Ix).next_words(IX, "ip address 10.0.0.1/24 sec").unwrap();
    assert_eq!((next.begun.as_str(), next.column), ("sec", 24));
    assert_eq!(next.words, [NextWord::Keyword { text: "secondary", help: "Further to the first one" }]);
    let next = Syntax::of(Dialect::Rtx).next_words(RTX, "no ip lan1 address ").unwrap();
    let value = NextWord::Value {
        rule: Rule::rtx_ipv4_prefix,
        command: Rule::rtx_ip_address,
        tag: Some("address"),
        help: "IPv4 address and mask (A.B.C.D/24, A.B.C.D/255.255.255.0)",
    };
    assert!(next.words.contains(&value), "{:?}", next.words);
}

#[test]
fn a_word_is_small() {
    assert!(size_of::<Word>() <= 32);
}
