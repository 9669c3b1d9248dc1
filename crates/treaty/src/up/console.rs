//! What `treaty up` says: what becomes ready, what crashes, and what processes log.
//!
//! *Holds*: colours only on a terminal; a line is written whole, so lines of different
//! processes never mix; a reader that does not read costs lines, never the mesh: one thread
//! writes, from a queue of bounded length.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use owo_colors::{OwoColorize as _, Style};

/// Lines that wait to be written.
const QUEUE: usize = 4096;
/// How long the last lines may take.
const LAST_LINES: Duration = Duration::from_secs(1);

enum Job {
    Write(String),
    Finish(SyncSender<()>),
}

/// Standard output of the supervisor; cheap to clone.
#[derive(Clone)]
pub(super) struct Console {
    jobs: SyncSender<Job>,
    all_logs: bool,
    json: bool,
    colour: bool,
}

impl Console {
    pub(super) fn new(all_logs: bool, json: bool) -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let (jobs, queue) = sync_channel(QUEUE);
        std::thread::spawn(move || write_all(&queue));
        Self { jobs, all_logs, json, colour }
    }

    /// Waits until what was said is written, or a moment longer.
    pub(super) fn finish(&self) {
        let (done, written) = sync_channel(1);
        if self.jobs.try_send(Job::Finish(done)).is_ok() {
            let _ = written.recv_timeout(LAST_LINES);
        }
    }

    /// Whether processes log JSON.
    pub(super) fn json(&self) -> bool {
        self.json
    }

    /// A line of our own.
    pub(super) fn say(&self, line: &str) {
        if self.json {
            let line = serde_json::json!({ "process": "treaty", "message": line.trim() });
            if line["message"] != "" {
                self.write(&line.to_string());
            }
        } else {
            self.write(line);
        }
    }

    /// A process is ready.
    pub(super) fn ready(&self, process: &str, detail: &str, took: Duration) {
        let mark = self.paint("✓", Style::new().green());
        let took = self.paint(&format!("{:.1} s", took.as_secs_f64()), Style::new().dimmed());
        self.say(&format!("  {mark} {process:<12} {detail:<48} {took}"));
    }

    /// Something went wrong with a process.
    pub(super) fn trouble(&self, process: &str, what: &str) {
        let mark = self.paint("✗", Style::new().red());
        self.say(&format!("  {mark} {process:<12} {what}"));
    }

    /// A line that a process logged.
    pub(super) fn logged(&self, process: &str, line: &str) {
        if !(self.all_logs || is_warning(line)) {
            return;
        }
        if self.json {
            self.write(&in_json(process, line));
            return;
        }
        let colours = [
            Style::new().cyan(),
            Style::new().magenta(),
            Style::new().blue(),
            Style::new().yellow(),
        ];
        let sum: usize = process.bytes().map(usize::from).sum();
        let name = self.paint(&format!("{process:<12} │"), colours[sum % colours.len()]);
        self.write(&format!("{name} {line}"));
    }

    fn paint(&self, text: &str, style: Style) -> String {
        if self.colour { text.style(style).to_string() } else { text.to_owned() }
    }

    fn write(&self, line: &str) {
        match self.jobs.try_send(Job::Write(line.to_owned())) {
            // Full: nobody reads. Disconnected: nobody ever will.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

fn write_all(queue: &Receiver<Job>) {
    for job in queue {
        match job {
            Job::Write(line) => {
                let _ = writeln!(std::io::stdout().lock(), "{line}");
            }
            Job::Finish(done) => {
                let _ = done.send(());
            }
        }
    }
}

fn is_warning(line: &str) -> bool {
    [" WARN ", " ERROR ", "\"level\":\"WARN\"", "\"level\":\"ERROR\"", "panicked at", "error: "]
        .iter()
        .any(|level| line.contains(level))
}

/// The line with the name of its process; a line that is no JSON becomes a message.
fn in_json(process: &str, line: &str) -> String {
    let mut object = match serde_json::from_str::<serde_json::Value>(line) {
        Ok(serde_json::Value::Object(object)) => object,
        _ => {
            let message = serde_json::Value::from(line);
            serde_json::Map::from_iter([("message".to_owned(), message)])
        }
    };
    object.insert("process".to_owned(), process.into());
    serde_json::Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_json_line_names_its_process() {
        assert_eq!(in_json("bus", r#"{"level":"WARN"}"#), r#"{"level":"WARN","process":"bus"}"#);
        assert_eq!(in_json("bus", "plain"), r#"{"message":"plain","process":"bus"}"#);
    }

    #[test]
    fn tells_warnings_from_the_rest() {
        assert!(is_warning("2026-01-01T00:00:00Z  WARN control is gone"));
        assert!(is_warning(r#"{"level":"ERROR","message":"x"}"#));
        assert!(!is_warning("2026-01-01T00:00:00Z  INFO ready"));
    }
}
