//! What a command prints about its steps, with how long each took.

use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};

/// Runs one named step between two lines that say what it is and how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {name}");
    let started = Instant::now();
    let outcome = work();
    let took = seconds(started.elapsed());
    match &outcome {
        Ok(_) => println!("== {name}: ok, {took}\n"),
        Err(_) => println!("== {name}: FAILED after {took}"),
    }
    outcome.with_context(|| format!("step {name}"))
}

/// One line inside a step.
pub(crate) fn say(line: impl AsRef<str>) {
    println!("   {}", line.as_ref());
}

/// A duration for people.
pub(crate) fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..100 => format!("{:.1} s", took.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(seconds(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(142)), "2 min 22 s");
    }
}
