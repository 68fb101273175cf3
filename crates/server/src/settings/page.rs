//! The table of settings as text: the commented default of the file, and the reference in `docs/`.
//! Owns both forms, and states nothing that the table does not say.

use std::fmt::Write;

use super::table::{SECTIONS, Section};

/// Columns of the commented default.
const WIDTH: usize = 80;

/// A file that says what holds without one, each setting under what it means.
pub fn commented_default() -> String {
    let mut text = String::from(
        "# Everything that `sockeye serve` can be told, with its default. Each line is a comment:\n\
         # take the `#` off what you change. `sockeye check FILE` checks a file.\n",
    );
    for Section {
        name: section,
        about,
        settings,
    } in &SECTIONS
    {
        // Writing into a string does not fail.
        let _ = write!(text, "\n# {about}\n");
        if !section.is_empty() {
            let _ = writeln!(text, "[{section}]");
        }
        for setting in *settings {
            text.push('\n');
            wrap(
                &mut text,
                &format!("{} It must {}.", setting.about, setting.kind.rule()),
            );
            let _ = writeln!(text, "# {} = {}", setting.key(), setting.default_text());
        }
    }
    text
}

/// The page about all settings, in Markdown.
pub fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    for Section {
        name: section,
        about,
        settings,
    } in &SECTIONS
    {
        let title = if section.is_empty() {
            ""
        } else {
            &format!(": `[{section}]`")
        };
        let _ = write!(text, "\n## {about}{title}\n\n");
        text.push_str("| setting | default | what it does | it must |\n|---|---|---|---|\n");
        for setting in *settings {
            let (name, about) = (setting.name, setting.about);
            let (default, rule) = (setting.default_text(), setting.kind.rule());
            // A bar would end the cell.
            let rule = rule.replace('|', "\\|");
            let _ = writeln!(text, "| `{name}` | `{default}` | {about} | {rule} |");
        }
    }
    text
}

const INTRODUCTION: &str = "# Configuration

Everything that `sockeye serve` can be told. Each setting has a name in the file, a variable of the
environment and a flag; all are made from one table in the program, as is this page.

| | `listen` | `limits.head_timeout` |
|---|---|---|
| file (TOML) | `listen = [\"0.0.0.0:80\"]` | `head_timeout = \"5s\"` under `[limits]` |
| environment | `SOCKEYE_LISTEN=0.0.0.0:80` | `SOCKEYE_LIMITS_HEAD_TIMEOUT=5s` |
| flag | `--listen 0.0.0.0:80` | `--limits-head-timeout 5s` |

A flag wins over the environment, that over the file, and the file over the default. The file is the
one that `--config FILE` or `SOCKEYE_CONFIG` names; without either none is read.

- `sockeye config` prints a file with every default, commented out.
- `sockeye check FILE` checks a file and the files that it names, with the environment and the flags
  that win over it.

A key that there is not, a value of the wrong type and one out of its range are errors, which say
where they are and what was meant; the server does not start with one. Sizes are bytes, or have a
unit of 1,024 (`64K`, `16M`, `1G`); times have a unit (`500ms`, `10s`, `5m`, `1h`). Where there are
no lists, commas part the items: `SOCKEYE_LISTEN=127.0.0.1:80,[::1]:80`. Variables that begin with
`SOCKEYE_` and are no settings are told of and change nothing, as Kubernetes may make some; one of
them that is no UTF-8 is an error. A file that a setting names is a regular one of at most 1 MiB.
";

/// Adds `words` as comments of a readable width.
fn wrap(text: &mut String, words: &str) {
    let mut len = 0;
    for word in words.split_whitespace() {
        if len > 0 && len + 1 + word.len() > WIDTH {
            text.push('\n');
            len = 0;
        }
        text.push_str(if len == 0 { "# " } else { " " });
        text.push_str(word);
        len += word.len() + 1 + usize::from(len == 0);
    }
    text.push('\n');
}
