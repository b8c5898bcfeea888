//! Says lines of the standard input: `say LANGUAGE`.
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let language = std::env::args().nth(1).unwrap_or_else(|| "en".to_owned());
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        writeln!(out, "{line}\t{}", sluice_spoken::normalise(&language, &line).text)?;
    }
    Ok(())
}
