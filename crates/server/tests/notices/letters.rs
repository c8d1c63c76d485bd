//! E-mail, to a mail server on this machine.

use handcarry_rules::TenantRules;
use handcarry_server::notice::{self, Inactive};
use handcarry_server::settings::{Given, MailGiven, MailTls};
use handcarry_store::{Channel, DeliveryState};

use crate::smtp::{MailServer, Verdict};
use crate::world::*;

pub(crate) fn world(server: &MailServer) -> World {
    let mail = MailGiven {
        host: Some("127.0.0.1".to_owned()),
        port: Some(server.port),
        tls: Some(MailTls::None),
        from: Some("licenses@acme.example".to_owned()),
        ..MailGiven::default()
    };
    World::new(&Given { mail, ..Given::default() })
}

pub(crate) fn accepts() -> MailServer {
    MailServer::start(|_| "250 taken")
}

#[test]
fn alt_19_a_message_arrives_byte_for_byte() {
    let server = accepts();
    let world = world(&server);
    world.post(&notice::renewal_due(&license("Initech GmbH"), 14, world.now()));
    assert_eq!(world.deliver(Channel::Mail), 1);
    let mut arrived = server.arrived();
    let mail = arrived.remove(0);
    assert!(arrived.is_empty());
    assert_eq!(
        (mail.from.as_str(), mail.to),
        ("licenses@acme.example", vec!["admin@acme.example".to_owned()])
    );
    let id = mail.data.split_once("Message-ID: <").unwrap().1.split_once('@').unwrap().0;
    let expected = format!(
        "From: \"Acme Software\" <licenses@acme.example>\r\n\
         To: admin@acme.example\r\n\
         Subject: 14 days of maintenance left for CAD Pro\r\n\
         Date: Fri, 01 Jan 2027 12:00:00 +0000\r\n\
         Message-ID: <{id}@acme.example>\r\n\
         Auto-Submitted: auto-generated\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\
         \r\n\
         The maintenance of this license ends after 2027-01-15. That is in 14 days. =\r\nRenew it in time.\r\n\
         \r\n\
         Product: CAD Pro\r\n\
         Customer: Initech GmbH\r\n\
         Order: 4711\r\n\
         License id: l-1\r\n\
         \r\n\
         This message was sent by the license portal of Acme Software: https://offli=\r\nne.acme.example/\r\n\r\n"
    );
    assert_eq!(mail.data, expected);
    let message = &world.deliveries()[0];
    assert_eq!(
        (message.state, id),
        (DeliveryState::Done, format!("{}-{}", message.message, message.seq).as_str())
    );
}

#[test]
fn alt_19_umlauts_arrive_and_a_name_cannot_add_a_header_or_a_recipient() {
    let server = accepts();
    let world = world(&server);
    let administrator = Some("admin@acme.example".to_owned());
    world.tenant(TenantRules { administrator, language: "de".to_owned(), ..TenantRules::default() });
    let mut license = license("Über & Söhne\r\nBcc: all@example.com");
    license.product.name = "Ölpumpe 日本\r\nBcc: all@example.com\r\n\r\n<script>".to_owned();
    world.post(&notice::inactive(&license, &Inactive::Deactivated, world.now()));
    world.deliver(Channel::Mail);
    let mail = server.arrived().remove(0);
    assert_eq!(mail.to, ["admin@acme.example"]);
    let (head, body) = mail.data.split_once("\r\n\r\n").unwrap();
    assert_eq!(header_names(head), HEADERS, "{head}");
    assert!(head.is_ascii());
    let subject = decode_words(head.split("Subject: ").nth(1).unwrap().split("\r\nDate:").next().unwrap());
    assert_eq!(subject, "Lizenz für Ölpumpe 日本 Bcc: all@example.com <script> ist inaktiv");
    let body = decode_body(head, body);
    assert!(body.contains("\r\nKunde: Über & Söhne  Bcc: all@example.com\r\n"), "{body}");
    assert!(body.starts_with("Die Verwaltung hat diese Lizenz deaktiviert.\r\n"), "{body}");
}

#[test]
fn alt_19_a_mail_server_that_is_busy_or_down_gets_the_same_letter_later() {
    let verdict: Verdict = |attempt| if attempt < 2 { "451 try later" } else { "250 taken" };
    let server = MailServer::start(verdict);
    let world = world(&server);
    world.post(&notice::renewal_due(&license("Initech"), 7, world.now()));
    assert_eq!(world.deliver(Channel::Mail), 1);
    let waiting = &world.deliveries()[0];
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert!(waiting.error.as_ref().is_some_and(|error| error.contains("451")), "{waiting:?}");
    assert_eq!(waiting.due, world.now().plus_seconds(5));
    world.later(4);
    assert_eq!(world.deliver(Channel::Mail), 0);
    world.later(1);
    assert_eq!(world.deliver(Channel::Mail), 1);
    world.later(300);
    assert_eq!(world.deliver(Channel::Mail), 1);
    assert_eq!(server.arrived().len(), 1);
    let done = &world.deliveries()[0];
    assert_eq!((done.state, done.attempts, &done.error), (DeliveryState::Done, 3, &None));
    assert_eq!(world.deliver(Channel::Mail), 0);
}

#[test]
fn ice_22_without_a_mail_server_no_letter_is_made_and_a_wrong_address_is_given_up() {
    let without = World::new(&Given::default());
    without.post(&notice::renewal_due(&license("Initech"), 7, without.now()));
    assert!(without.deliveries().is_empty());
    let server = accepts();
    let world = world(&server);
    let administrator = Some("admin@acme.example\r\nRCPT TO:<all@example.com>".to_owned());
    world.tenant(TenantRules { administrator, ..TenantRules::default() });
    world.post(&notice::renewal_due(&license("Initech"), 7, world.now()));
    assert_eq!(world.deliver(Channel::Mail), 1);
    assert_eq!(world.deliveries()[0].state, DeliveryState::Dead);
    assert!(server.arrived().is_empty());
}

#[test]
fn alt_19_the_user_signs_in_with_the_password_of_the_file() {
    let server = accepts();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    std::fs::write(&file, "s3cret\n").unwrap();
    let mail = MailGiven {
        host: Some("127.0.0.1".to_owned()),
        port: Some(server.port),
        tls: Some(MailTls::None),
        user: Some("portal".to_owned()),
        password_file: Some(file),
        from: Some("licenses@acme.example".to_owned()),
    };
    let world = World::new(&Given { mail, ..Given::default() });
    world.post(&notice::renewal_due(&license("Initech"), 7, world.now()));
    world.deliver(Channel::Mail);
    let login = server.arrived().remove(0).login.unwrap();
    let expected = base64("\0portal\0s3cret".as_bytes());
    assert_eq!(login, ["PLAIN ", &expected].concat());
}

/// All headers that a letter has.
pub(crate) const HEADERS: [&str; 8] = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "Message-ID",
    "Subject",
    "To",
];

/// The headers' names in their order.
pub(crate) fn header_names(head: &str) -> Vec<&str> {
    let mut names: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split_once(':').unwrap().0)
        .collect();
    names.sort_unstable();
    names
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// RFC 2047, as far as it is used here: base64 words and plain ones, with one space between.
pub(crate) fn decode_words(header: &str) -> String {
    use base64::Engine as _;
    let mut bytes = Vec::new();
    let mut encoded_before = false;
    for word in header.split(['\r', '\n', ' ']).filter(|word| !word.is_empty()) {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        if !(bytes.is_empty() || encoded_before && inner.is_some()) {
            bytes.push(b' ');
        }
        match inner {
            Some(inner) => bytes.extend(base64::engine::general_purpose::STANDARD.decode(inner).unwrap()),
            None => bytes.extend(word.as_bytes()),
        }
        encoded_before = inner.is_some();
    }
    String::from_utf8(bytes).unwrap()
}

/// Quoted-printable or base64, as the head says.
pub(crate) fn decode_body(head: &str, body: &str) -> String {
    use base64::Engine as _;
    if head.contains("Content-Transfer-Encoding: base64") {
        let text: String = body.split_whitespace().collect();
        return String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap();
    }
    assert!(head.contains("Content-Transfer-Encoding: quoted-printable"), "{head}");
    let text = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}
