//! The plain page: for browsers without WebAssembly or scripts, and for portals without the page (D-22).

use std::fmt::Write as _;

use handcarry_api::{Outcome, Problem};
use handcarry_format::{Limits, inspect};

use crate::http::page::html::Text;
use crate::site::Site;

/// How it looks: the theme's colors, the system's fonts.
pub(crate) const STYLE: &str = include_str!("plain.css");

/// The form.
pub(crate) fn form(site: &Site) -> String {
    let limit = Limits::default().file >> 20;
    format!(
        "<h1>Bring a license file</h1>\n\
         <p>Choose the file that {name}'s software made on the device: an activation request, a deactivation, a usage \
         report or a license file. It is sent to this portal and checked there.</p>\n\
         <form method=\"post\" action=\"submit\" enctype=\"multipart/form-data\">\n\
         <p><label for=\"file\">File (at most {limit} MiB)</label><br><input type=\"file\" id=\"file\" name=\"file\"></p>\n\
         <p><label for=\"text\">or its whole text</label><br>\
         <textarea id=\"text\" name=\"text\" rows=\"8\" spellcheck=\"false\" autocomplete=\"off\"></textarea></p>\n\
         <details><summary>The request names a user, not a license key</summary>\n\
         <p><label for=\"login\">Login</label><br><input id=\"login\" name=\"login\" autocomplete=\"username\"></p>\n\
         <p><label for=\"password\">Password</label><br><input type=\"password\" id=\"password\" name=\"password\" \
         autocomplete=\"current-password\"></p></details>\n\
         <p><button>Send this file</button></p>\n</form>\n",
        name = Text(site.theme.name().as_str()),
    )
}

/// What was done.
pub(crate) fn outcome(outcome: &Outcome, first_processed: Option<&str>) -> String {
    let mut out = format!("<h1>{}</h1>\n", title(&outcome.outcome));
    if let Some(at) = first_processed {
        let _ = writeln!(
            out,
            "<p class=\"note\">This file was processed before, on {}. This is the same answer.</p>",
            Text(at)
        );
    }
    if outcome.held {
        out.push_str(
            "<p class=\"note\">The usage in this file waits for a person. Nothing of it is lost.</p>\n",
        );
    }
    out.push_str("<dl>\n");
    let seats = outcome
        .seat
        .as_ref()
        .map(|seat| format!("{} of {} in use, this one is {}", seat.used, seat.total, seat.state));
    let whose = if outcome.product.is_some() { "Device" } else { "Site" };
    for (name, value) in [
        ("Product", outcome.product.as_ref().map(|product| product.name.as_str())),
        (whose, Some(outcome.device.as_str())),
        ("License", outcome.license_key.as_deref()),
        ("Status of the license", outcome.license_status.as_deref()),
        ("Seats", seats.as_deref()),
        ("Processed", Some(outcome.at.as_str())),
        ("Digest of the file", Some(outcome.document.digest.as_str())),
        ("Code", Some(outcome.outcome.as_str())),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", Text(value));
        }
    }
    out.push_str("</dl>\n");
    if !outcome.usage.is_empty() {
        out.push_str("<table>\n<tr><th>Usage</th><th>before</th><th>in this file</th><th>after</th><th>maximum</th></tr>\n");
        for row in &outcome.usage {
            let maximum = row.maximum.map_or_else(|| "none".to_owned(), |maximum| maximum.to_string());
            let _ = writeln!(
                out,
                "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{maximum}</td></tr>",
                Text(&row.name),
                row.before,
                row.added,
                row.after
            );
        }
        out.push_str("</table>\n");
    }
    for note in &outcome.notes {
        let text = match note.code.as_str() {
            "clock.away" | "clock.implausible" => "The device's clock differs from the portal's.",
            "fingerprint.differs" => "Parts of the device have changed since its last request.",
            "usage.over" => "More was used than the license allows.",
            _ => "There is something to know about this file.",
        };
        let names = note.names.join(", ");
        let _ = writeln!(out, "<p class=\"note\">{text} {} ({})</p>", Text(&names), Text(&note.code));
    }
    if let Some(license) = &outcome.license {
        file(&mut out, "License file", &license.name, &license.text);
    }
    if let Some(receipt) = &outcome.receipt {
        file(&mut out, &format!("Receipt {}", receipt.number), &receipt.name, &receipt.text);
    }
    if let Some(pool) = &outcome.pool {
        file(&mut out, &format!("Pool file {}", pool.number), &pool.name, &pool.text);
    }
    out.push_str(if outcome.pool.is_some() {
        "<p>Carry this file back and load it on the license server at the site.</p>\n"
    } else {
        "<p>Carry these files back and load them on the device. Keep the receipt.</p>\n"
    });
    out.push_str(ANOTHER);
    out
}

/// The way back to the form.
pub(crate) const ANOTHER: &str = "<p><a href=\"submit\">Another file</a></p>\n";

/// Why it was not done.
pub(crate) fn problem(problem: &Problem) -> String {
    let mut out = format!("<h1>{}</h1>\n<p>{}</p>\n", Text(&problem.title), Text(&problem.detail));
    out.push_str("<p class=\"note\">Nothing was changed.</p>\n<dl>\n");
    for (name, value) in &problem.facts {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", Text(label(name)), Text(value));
    }
    for holder in &problem.holders {
        let _ =
            writeln!(out, "<dt>In use</dt><dd>{} since {}</dd>", Text(&holder.device), Text(&holder.since));
    }
    let _ = writeln!(out, "<dt>Code</dt><dd>{}</dd>", Text(&problem.code));
    let _ = writeln!(out, "<dt>Reference</dt><dd>{}</dd>\n</dl>", Text(&problem.reference));
    if let Some(offer) = &problem.offer {
        file(&mut out, "The newest license file", &offer.name, &offer.text);
    }
    out
}

/// A fact's name in words; a name without any stands as it is.
fn label(name: &str) -> &str {
    match name {
        "accepted" => "Digest of the file accepted before",
        "at" => "When",
        "column" => "Column",
        "device" => "Device",
        "documents" => "Documents in the file",
        "end" => "Last day",
        "field" => "Field",
        "got" => "Bytes received",
        "key" => "Key",
        "kind" => "Kind of file",
        "licensed" => "Licensed product",
        "limit" => "Most that is allowed",
        "line" => "Line",
        "looks_like" => "Looks like",
        "newer" => "Newer file",
        "of" => "Bytes announced",
        "part" => "In the embedded document",
        "product" => "Product",
        "retry_after" => "Seconds to wait",
        "since" => "Since",
        "size" => "Size in bytes",
        "total" => "Seats",
        "type" => "Type",
        "vendor" => "Vendor",
        "zone" => "Time zone",
        other => other,
    }
}

fn title(outcome: &str) -> &'static str {
    match outcome {
        "activated" => "The license is ready",
        "repaired" => "The license is ready again",
        "returned" => "The license is back",
        "booked" => "The usage is booked",
        "held" => "The usage has arrived",
        "outdated" => "Newer usage was booked before",
        "refreshed" => "Here is the newest license",
        "current" => "This is the newest license",
        "answered" => "Here is the pool file for the site",
        _ => "Done",
    }
}

/// A file to copy, and to download where it is kept.
fn file(out: &mut String, title: &str, name: &str, text: &str) {
    let _ = writeln!(out, "<h2>{}</h2>", Text(title));
    if let Ok(inspection) = inspect(text.as_bytes(), &Limits::default()) {
        let address = format!("files/sha256-{}", inspection.digest.hex());
        let _ = writeln!(out, "<p><a href=\"{address}\" download>Download {}</a></p>", Text(name));
    }
    let _ = writeln!(
        out,
        "<textarea readonly rows=\"10\" aria-label=\"{}\">\n{}</textarea>",
        Text(name),
        Text(text)
    );
}
