//! Text as mdoc source: what would be a macro or an escape is none, a sentence begins a line.

/// Lines of text are no longer than this.
const WIDTH: usize = 78;

/// A word as the argument of a macro.
pub(super) fn word(text: &str) -> String {
    let escaped = escaped(text);
    let sign = matches!(text, "." | "," | ":" | ";" | "(" | ")" | "[" | "]" | "?" | "!" | "|");
    // Two or three letters could be the name of a macro: so many are that all are made safe.
    let short = (2..=3).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_uppercase() || first == '%');
    if sign || short { format!("\\&{escaped}") } else { escaped }
}

/// Prose as lines: each sentence begins one, and what stands in back quotes is quoted.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    let mut flush = |line: &mut String| {
        if line.starts_with(['.', '\'']) {
            out.push_str("\\&");
        }
        out.push_str(line);
        out.push('\n');
        line.clear();
    };
    for word in quoted(text).split_whitespace() {
        if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
            flush(&mut line);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if word.ends_with(['.', '?', '!']) {
            flush(&mut line);
        }
    }
    if !line.is_empty() {
        flush(&mut line);
    }
    out
}

/// Several of a kind in a sentence that ends with them: `a`, `b` or `c`. Each comes as macros.
pub(super) fn enumeration(items: &[String], conjunction: &str) -> String {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let left = items.len() - index - 1;
        let end = match left {
            0 => " .\n".to_owned(),
            1 => format!("\n{conjunction}\n"),
            _ => " ,\n".to_owned(),
        };
        out.push_str(&format!(".{item}{end}"));
    }
    out
}

/// The text with back quotes as quotation marks.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push_str(if index % 2 == 1 { "\\(oq" } else { "\\(cq" });
        }
        out.push_str(&escaped(part));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_macros() {
        for (text, source) in
            [("ip", "ip"), (".", "\\&."), ("Ar", "\\&Ar"), ("a\\b", "a\\eb"), ("*.jp", "*.jp")]
        {
            assert_eq!(word(text), source);
        }
    }

    #[test]
    fn a_sentence_begins_a_line() {
        assert_eq!(prose("One. Two `no x`, three."), "One.\nTwo \\(oqno x\\(cq, three.\n");
        assert_eq!(prose(&"word ".repeat(40)).lines().count(), 3);
        assert_eq!(prose(".conf"), "\\&.conf\n");
    }

    #[test]
    fn an_enumeration_ends_its_sentence() {
        let items = ["Cm a".to_owned(), "Cm b".to_owned(), "Cm c".to_owned()];
        assert_eq!(enumeration(&items, "or"), ".Cm a ,\n.Cm b\nor\n.Cm c .\n");
    }
}
