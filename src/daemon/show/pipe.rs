//! What may follow a `show` command after a bar: `| json`, `| include WORD`, `| grep -i WORD`, `| less`.

use super::Shown;

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The answer as one JSON value; only as the first filter.
    Json,
    /// Lines with the text, or without it.
    Match {
        /// The fixed text.
        pattern: String,
        /// Keep the lines that do not have it.
        invert: bool,
        /// Letters count alike in both cases.
        ignore_case: bool,
        /// The text stands alone, not inside a longer word.
        whole_word: bool,
    },
    /// From the first line with the text on.
    Begin(String),
    /// Only the number of lines.
    Count,
    /// Page by page, on whatever screen; the text stays as it is.
    Less,
}

/// A filter that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PipeError {
    /// No filter has this name.
    #[error("no filter is called {0:?}: use json, include, exclude, begin, count, grep or less")]
    Unknown(String),
    /// A filter without its text.
    #[error("{0} needs a text to look for")]
    NoPattern(String),
    /// `json` after another filter, or words after a filter that takes none.
    #[error("{0} stands alone, right after the show command")]
    Misplaced(String),
}

/// Splits a line at the bars outside of quotes.
pub fn split(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quote = None;
    for (index, character) in line.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, '|') => {
                parts.push(line[start..index].trim());
                start = index + 1;
            }
            (None | Some(_), _) => {}
        }
    }
    parts.push(line[start..].trim());
    parts
}

/// Reads what stands between two bars.
pub fn parse(parts: &[&str]) -> Result<Vec<Filter>, PipeError> {
    let filters = parts.iter().map(|part| parse_one(part)).collect::<Result<Vec<_>, _>>()?;
    if filters.iter().skip(1).any(|filter| *filter == Filter::Json) {
        return Err(PipeError::Misplaced("json".to_owned()));
    }
    Ok(filters)
}

fn parse_one(part: &str) -> Result<Filter, PipeError> {
    let (word, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
    let rest = rest.trim();
    let known = ["json", "include", "exclude", "begin", "count", "grep", "less"];
    let full = match word {
        "" => None,
        word => known.into_iter().find(|name| name.starts_with(&word.to_ascii_lowercase())),
    };
    let Some(full) = full else { return Err(PipeError::Unknown(word.to_owned())) };
    let pattern = || match unquoted(rest) {
        "" => Err(PipeError::NoPattern(full.to_owned())),
        text => Ok(text.to_owned()),
    };
    match full {
        "json" | "count" | "less" if !rest.is_empty() => Err(PipeError::Misplaced(full.to_owned())),
        "json" => Ok(Filter::Json),
        "count" => Ok(Filter::Count),
        "less" => Ok(Filter::Less),
        "begin" => Ok(Filter::Begin(pattern()?)),
        "grep" => grep(rest),
        _ => Ok(Filter::Match {
            pattern: pattern()?,
            invert: full == "exclude",
            ignore_case: false,
            whole_word: false,
        }),
    }
}

fn grep(arguments: &str) -> Result<Filter, PipeError> {
    let (mut invert, mut ignore_case, mut whole_word) = (false, false, false);
    let mut rest = arguments;
    loop {
        let (option, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match option {
            "-v" => invert = true,
            "-i" => ignore_case = true,
            "-w" => whole_word = true,
            _ => break,
        }
        rest = after.trim_start();
    }
    match unquoted(rest) {
        "" => Err(PipeError::NoPattern("grep".to_owned())),
        text => Ok(Filter::Match { pattern: text.to_owned(), invert, ignore_case, whole_word }),
    }
}

fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Sends an answer through the filters.
pub fn apply(shown: Shown, filters: &[Filter]) -> String {
    let mut text = shown.text;
    for filter in filters {
        text = match filter {
            Filter::Json => format!("{}\n", shown.json),
            Filter::Less => text,
            Filter::Count => format!("{} lines\n", text.lines().count()),
            Filter::Begin(pattern) => lines(text.lines().skip_while(|line| !line.contains(pattern.as_str()))),
            Filter::Match { pattern, invert, ignore_case, whole_word } => {
                lines(text.lines().filter(|line| has(line, pattern, *ignore_case, *whole_word) != *invert))
            }
        };
    }
    text
}

fn lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(|line| format!("{line}\n")).collect()
}

fn has(line: &str, pattern: &str, ignore_case: bool, whole_word: bool) -> bool {
    let (line, pattern) = match ignore_case {
        true => (line.to_lowercase(), pattern.to_lowercase()),
        false => (line.to_owned(), pattern.to_owned()),
    };
    let word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(&pattern).any(|(start, found)| {
        let (before, after) = (&line[..start], &line[start + found.len()..]);
        !whole_word || !(word(before.chars().next_back()) || word(after.chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, filters: &str) -> Result<String, PipeError> {
        let shown = Shown { text: text.to_owned(), json: serde_json::json!(["a"]) };
        Ok(apply(shown, &parse(&split(filters))?))
    }

    #[test]
    fn filters_follow_one_another() {
        let text = "eth0 up\neth1 down\nETH2 up\n";
        assert_eq!(run(text, "include up").unwrap(), "eth0 up\nETH2 up\n");
        assert_eq!(run(text, "inc up | exclude eth").unwrap(), "ETH2 up\n");
        assert_eq!(run(text, "grep -i -v eth2").unwrap(), "eth0 up\neth1 down\n");
        assert_eq!(run(text, "grep -w eth").unwrap(), "");
        assert_eq!(run(text, "begin eth1 | count").unwrap(), "2 lines\n");
        assert_eq!(run(text, "grep up | less").unwrap(), "eth0 up\nETH2 up\n");
        assert_eq!(run(text, "json").unwrap(), "[\"a\"]\n");
    }

    #[test]
    fn bad_filters_are_named() {
        assert_eq!(run("", "more"), Err(PipeError::Unknown("more".to_owned())));
        assert_eq!(run("", "less 5"), Err(PipeError::Misplaced("less".to_owned())));
        assert_eq!(run("", "include"), Err(PipeError::NoPattern("include".to_owned())));
        assert_eq!(run("", "grep -v"), Err(PipeError::NoPattern("grep".to_owned())));
        assert_eq!(run("", "include a | json"), Err(PipeError::Misplaced("json".to_owned())));
    }

    #[test]
    fn bars_in_quotes_are_text() {
        assert_eq!(split("show log | grep 'a|b'"), ["show log", "grep 'a|b'"]);
    }
}
