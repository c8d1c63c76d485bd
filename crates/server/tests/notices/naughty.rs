//! Naughty strings in whatever a message tells: each arrives as text, and nothing of it is taken for anything else.

use std::collections::BTreeSet;
use std::path::Path;

use handcarry_format::Customer;
use handcarry_rules::{Entitlement, TenantRules};
use handcarry_server::notice::{self, Blocked};
use handcarry_server::settings::Given;
use handcarry_store::{Channel, DeliveryState, NewMessage};
use serde_json::{Value, json};

use crate::letters::{HEADERS, accepts, decode_body, decode_words, header_names, world as with_mail};
use crate::receiver::{Receiver, status};
use crate::world::*;

/// For a checkout without the big list, and what that list has nothing of.
const OWN: [&str; 14] = [
    "a\r\nBcc: all@example.com",
    "a\nBcc: all@example.com",
    "a\rBcc: all@example.com",
    "a\r\n\r\n<script>alert(1)</script>",
    "a\r\n.\r\nMAIL FROM:<x@example.com>\r\n",
    "\r\n.\r\n",
    ".",
    "=?utf-8?b?QmNjOiBhbGxAZXhhbXBsZS5jb20=?=",
    "a\" <all@example.com>, \"b",
    "a\\\" <all@example.com>",
    "a\0b\u{85}c\u{2028}d\u{b}e\u{c}f",
    "a\u{202e}b\u{2066}c",
    "{reason_given}{0}{{at}}%s",
    "\u{feff}\u{1f3f4}\u{e0067}\u{301}",
];

/// All of them, one that is as long as a name may be, and one that is longer than any.
fn strings() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/blns/blns.json");
    let mut strings: Vec<String> = OWN.map(str::to_owned).to_vec();
    strings.push("\u{1f5a5}".repeat(120));
    strings.push("a".repeat(5_000));
    match std::fs::read(&path) {
        Ok(list) => {
            let list: Vec<String> = serde_json::from_slice(&list).unwrap();
            assert!(list.len() > 400);
            strings.extend(list);
        }
        Err(_) => {
            use std::io::Write as _;
            let said = "SKIPPED: no big list of naughty strings; a few of our own were used";
            let _ = writeln!(std::io::stderr(), "{said}");
        }
    }
    strings
}

fn named(number: usize, text: &str) -> Entitlement {
    let mut license = license(text);
    license.product.name = text.to_owned();
    license.customer = Some(Customer { name: text.to_owned(), order: Some(text.to_owned()) });
    license.revision = u32::try_from(number).unwrap();
    license
}

/// Messages that tell it wherever a message tells what somebody wrote.
fn messages(number: usize, text: &str, world: &World) -> [NewMessage; 3] {
    let (license, at) = (named(number, text), world.now());
    [
        notice::blocked(&license, &Blocked::Refused(text.to_owned()), at),
        notice::rehost_waits(&license, &id("a-1"), text, text, text, at),
        notice::seats_over(&license, 3, 2, &[text.to_owned(), text.to_owned()], at),
    ]
}

/// What a letter makes of it: one line, read in one direction.
fn one_line(text: &str) -> String {
    let turns = ['\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}'];
    let turns = |c: &char| turns.contains(c) || ('\u{2066}'..='\u{2069}').contains(c);
    let breaks = |c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}';
    text.chars().filter(|c| !turns(c)).map(|c| if breaks(c) { ' ' } else { c }).collect()
}

/// A header (RFC 5322, section 3.2.4) without its quoted strings.
fn unquoted(header: &str) -> String {
    let (mut rest, mut quoted, mut characters) = (String::new(), false, header.chars());
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                characters.next();
            }
            _ if !quoted => rest.push(c),
            _ => {}
        }
    }
    assert!(!quoted, "{header}");
    rest
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

#[test]
fn threat_script_in_names_no_text_adds_a_header_a_recipient_or_a_line_to_a_letter() {
    let strings: Vec<(usize, String)> = strings().into_iter().enumerate().collect();
    // A letter takes the time of a conversation, most of which is waiting.
    std::thread::scope(|scope| {
        for some in strings.chunks(strings.len().div_ceil(8)) {
            scope.spawn(|| letters_of(some));
        }
    });
}

fn letters_of(strings: &[(usize, String)]) {
    let server = accepts();
    let world = with_mail(&server);
    for (number, text) in strings {
        let number = *number;
        let contacts =
            TenantRules { administrator: Some("admin@acme.example".to_owned()), ..TenantRules::default() };
        world.tenant_named(text, contacts);
        world.later(1);
        // All of our own, and of the list's each in one of them.
        let all = messages(number, text, &world);
        let chosen = if number < OWN.len() { &all[..] } else { &all[number % 3..][..1] };
        chosen.iter().for_each(|message| world.post(message));
        let attempts = world.deliver(Channel::Mail);
        let arrived = server.arrived();
        assert!(attempts == chosen.len() && arrived.len() == attempts, "{text:?}: {arrived:?}");
        for mail in arrived {
            assert_eq!(mail.from, "licenses@acme.example");
            assert_eq!(mail.to, ["admin@acme.example"], "{text:?}");
            let (head, body) = mail.data.split_once("\r\n\r\n").unwrap();
            assert_eq!(header_names(head), HEADERS, "{text:?}: {head}");
            assert!(mail.data.is_ascii(), "{text:?}");
            for line in mail.data.split("\r\n") {
                assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{text:?}: {line:?}");
            }
            let header = |name: &str| {
                let (_, rest) = head.split_once(&format!("{name}: ")).unwrap();
                let end = rest.match_indices("\r\n").find(|(at, _)| !rest[at + 2..].starts_with([' ', '\t']));
                rest[..end.map_or(rest.len(), |(at, _)| at)].replace("\r\n", "")
            };
            let from = unquoted(&header("From"));
            let name = from.strip_suffix("<licenses@acme.example>");
            let name = name.unwrap_or_else(|| panic!("{text:?}: {head}"));
            assert!(
                !name.contains(['<', '>', ',', ';', ':', '@', '(', ')', '[', ']', '\\', '"']),
                "{text:?}: {head}"
            );
            assert_eq!(header("To"), mail.to[0]);
            let line = one_line(text);
            let subject = without_spaces(&decode_words(&header("Subject")));
            let told: String = line.chars().take(200).collect();
            assert!(subject.contains(&without_spaces(&told)), "{text:?}: {subject}");
            let body = decode_body(head, body);
            for name in ["Product", "Customer", "Order"] {
                assert!(body.contains(&format!("\r\n{name}: {line}\r\n")), "{text:?}: {body}");
            }
            // Nothing but these lines says so.
            for name in ["Product: ", "Customer: ", "Order: ", "License id: "] {
                let count = body.split("\r\n").filter(|line| line.starts_with(name)).count();
                assert_eq!(count, 1, "{text:?}: {body}");
            }
        }
    }
    assert!(world.deliveries().iter().all(|it| it.state == DeliveryState::Done));
}

#[test]
fn threat_script_in_names_a_webhook_gets_every_text_exactly_and_no_header_of_it() {
    let receiver = Receiver::start(|_| status("204 No Content"));
    let world = World::new(&Given::default());
    world.webhook("w-1", &receiver.url());
    let mut heads = BTreeSet::new();
    for (number, text) in strings().iter().enumerate() {
        world.later(1);
        let [blocked, waits, over] = messages(number, text, &world);
        for (message, told) in [
            (&blocked, json!({ "refusal": text })),
            (&waits, json!({ "device": text, "reason_given": text, "by": text })),
            (&over, json!({ "accounts": [text, text] })),
        ] {
            world.post(message);
            assert_eq!(world.deliver(Channel::Webhook), 1);
            let request = receiver.next();
            assert_eq!(request.line, "POST /hooks?a=b HTTP/1.1");
            assert_eq!(request.header("webhook-id"), message.id.as_str());
            heads.insert(request.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
            let body: Value = serde_json::from_str(&request.body).unwrap();
            let facts = &body["data"]["facts"];
            for (name, value) in told.as_object().unwrap() {
                assert_eq!(&facts[name], value, "{text:?}");
            }
            for name in ["product", "customer", "order"] {
                assert_eq!(facts[name], text.as_str(), "{name}");
            }
            assert_eq!(serde_json::from_str::<Value>(&message.facts).unwrap(), *facts);
        }
    }
    assert_eq!(heads.len(), 1, "a request has a header that others have not: {heads:?}");
    assert!(receiver.requests().is_empty());
}
