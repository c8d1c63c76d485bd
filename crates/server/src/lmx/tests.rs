use chrono::NaiveDate;
use handcarry_format::{Id, Instant, LicenseKey, Model, Product, Vendor};
use handcarry_rules::session::Shared;
use handcarry_rules::upgrade::{Count, KeyType, MOST, Upgrades};
use handcarry_rules::{Entitlement, Pooling};
use rstest::rstest;

use super::{Choices, LMX_CODES, MAX_BYTES, Plan, Template, plan, read};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn planned_with(
    text: &str,
    bases: &[(Entitlement, Upgrades)],
    base: Option<Id>,
) -> Result<Plan, Vec<String>> {
    let choices = Choices {
        vendor: Vendor { id: id("acme"), name: "Acme".to_owned() },
        product: Product { id: id("cad"), name: "CAD".to_owned(), version: None },
        zone: chrono_tz::UTC,
        document: id("doc"),
        base,
        bases,
        keys: &[7, 8, 9, 10].map(|n| LicenseKey::from_random([n; 10])),
        now: Instant::parse("2026-06-01T00:00:00Z").unwrap(),
    };
    let told = |faults: Vec<super::Fault>| {
        faults.iter().map(|it| format!("{} {}", it.at, it.kind.code())).collect::<Vec<_>>()
    };
    read(text.as_bytes(), &[]).and_then(|template| plan(&template, &choices)).map_err(told)
}

fn planned(text: &str) -> Result<Plan, Vec<String>> {
    planned_with(text, &[], None)
}

fn one(text: &str) -> Template {
    read(text.as_bytes(), &[]).unwrap()
}

/// The only fault of a text: `line:column code`.
#[track_caller]
fn fault(text: &str) -> String {
    let faults = planned(text).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

const FULL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- a template, as a vendor keeps it -->
<LICENSEFILE>
  <FEATURE NAME="f1">
    <SETTING MAJOR_VERSION="2"/>
    <SETTING MINOR_VERSION="1"/>
    <SETTING LICENSEE="M&#252;ller &amp; Sons"/>
    <SETTING START="2026-01-01"/> <SETTING END="2030-12-31"/>
    <SETTING MAINTENANCE_START="2026-01-01"/>
    <SETTING MAINTENANCE_END="2027-12-31"/>
    <SETTING ISSUED="TODAY"/>
    <SETTING COUNT="10"/>
    <SETTING KEYTYPE="EXCLUSIVE"/>
    <SETTING SHARE="HOST|USER"/>
    <SETTING BORROW="168"/>
    <SETTING HOSTID_MATCH_RATE="66"/>
    <SETTING HAL_SERVERS="3"/>
    <SETTING SN="4711"/>
    <SETTING COMMENT="sold at the fair"/>
    <SERVER_HOSTID>
      <SETTING HOSTNAME="ALPHA1"/>
      <SETTING ETHERNET="00:11:22:33:44:55"/>
    </SERVER_HOSTID>
    <SERVER_HOSTID><SETTING HOSTNAME="beta1"/></SERVER_HOSTID>
  </FEATURE>
  <FEATURE NAME="f2"><SETTING COUNT="UNLIMITED" KEYTYPE="ADDITIVE"/></FEATURE>
  <FEATURE NAME="local"></FEATURE>
  <FEATURE="f1">
    <SETTING COUNT="5"/><SETTING KEYTYPE="UPGRADE"/><SETTING SHARE="VIRTUAL"/>
    <SETTING START="2029-01-01"/><SETTING END="2029-06-30"/>
  </FEATURE>
</LICENSEFILE>
"#;

#[test]
fn lmx_22_a_template_becomes_licenses_and_upgrades() {
    let plan = planned(FULL).unwrap();
    let [f1, f2, local] = &plan.licenses[..] else { panic!("{plan:?}") };
    assert_eq!(f1.license.features[0].id, id("f1"));
    assert_eq!(f1.license.model, Model::Concurrent(10));
    assert_eq!(f1.license.pooling, Pooling::Exclusive);
    assert_eq!(f1.license.product.version.as_deref(), Some("2.1"));
    assert_eq!(f1.license.customer.as_ref().unwrap().name, "Müller & Sons");
    assert_eq!((f1.license.start, f1.license.end), (Some(day("2026-01-01")), Some(day("2030-12-31"))));
    assert_eq!(f1.license.maintenance_end, Some(day("2027-12-31")));
    assert_eq!(f1.license.match_rate, 66);
    assert_eq!(f1.sessions.borrow_hours, Some(168));
    assert_eq!(f1.sessions.shared, Shared { host: true, user: true, custom: false });
    assert_eq!(f1.sessions.servers.len(), 2);
    assert_eq!(f1.sessions.servers[0].ids()[0].to_string(), "ETHERNET=001122334455");
    let noted: Vec<&str> = f1.noted.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(noted, ["COMMENT", "HAL_SERVERS", "ISSUED", "MAINTENANCE_START", "SN"]);

    assert_eq!((f2.license.model, f2.license.pooling), (Model::Concurrent(MOST), Pooling::Additive));
    assert_eq!((local.license.model, local.license.match_rate), (Model::NodeLocked, 100));
    assert_eq!(local.license.end, None);

    let [upgrade] = &plan.upgrades[..] else { panic!("{plan:?}") };
    assert_eq!(upgrade.license, f1.license.id);
    let upgrade = upgrade.upgrade.as_ref().unwrap();
    assert_eq!(
        (upgrade.count, upgrade.start, upgrade.end),
        (5, Some(day("2029-01-01")), Some(day("2029-06-30")))
    );
    assert!(upgrade.on_virtual);
}

#[rstest]
#[case::standard(r#"<FEATURE NAME="f1"> <SETTING COUNT="1"/> </FEATURE>"#)]
#[case::variant(r#"<FEATURE="f1"> <SETTING COUNT="1"/> </FEATURE>"#)]
#[case::variant_with_blanks("<FEATURE = 'f1' ><SETTING COUNT='1'/></FEATURE >")]
#[case::variant_and_attribute(r#"<FEATURE="f1" COUNT="1"/>"#)]
#[case::attribute_of_the_variant(r#"<FEATURE FEATURE="f1"><SETTING COUNT="1"></SETTING></FEATURE>"#)]
#[case::any_case(r#"<licensefile><Feature name="f1"><Setting Count="1"/></Feature></licensefile>"#)]
#[case::byte_order_mark("\u{feff}<FEATURE NAME=\"f1\"><SETTING COUNT=\"1\"/></FEATURE>")]
#[case::line_ends("<FEATURE NAME=\"f1\">\r\n<SETTING\r\nCOUNT=\"1\"/>\r</FEATURE>\r\n")]
#[case::comments(r#"<!-- <FEATURE NAME="x"/> --><FEATURE NAME="f1"><!----><SETTING COUNT="1"/></FEATURE>"#)]
#[case::empty_cdata(r#"<FEATURE NAME="f1"><![CDATA[ ]]><SETTING COUNT="1"/></FEATURE>"#)]
#[case::instruction(r#"<?lmx x?><FEATURE NAME="f1"><SETTING COUNT="1"/></FEATURE>"#)]
#[case::references(r#"<FEATURE NAME="&#102;1"><SETTING COUNT="&#x31;"/></FEATURE>"#)]
#[case::declared_ascii(
    r#"<?xml version="1.0" encoding="ISO-8859-1"?><FEATURE NAME="f1"><SETTING COUNT="1"/></FEATURE>"#
)]
fn lmx_22_every_way_of_writing_a_feature_is_read(#[case] text: &str) {
    let template = one(text);
    let [feature] = &template.features[..] else { panic!("{template:?}") };
    assert_eq!((feature.id.as_str(), feature.count), ("f1", Some(Count::Of(1))));
    assert_eq!(feature.key_type, KeyType::Exclusive);
}

#[rstest]
#[case::no_xml("FEATURE f1\n{\n}", "1:1 lmx.text")]
#[case::nothing("", "1:1 lmx.empty")]
#[case::only_a_comment("<!-- -->\n", "2:1 lmx.empty")]
#[case::no_feature("<LICENSEFILE/>", "1:15 lmx.empty")]
#[case::not_ended("<FEATURE NAME=\"a\">\n", "2:1 lmx.xml")]
#[case::tag_not_ended("<FEATURE NAME=\"a\"", "1:1 lmx.xml")]
#[case::comment_not_ended("<!-- ", "1:1 lmx.xml")]
#[case::value_not_quoted("\n <FEATURE NAME=a/>", "2:3 lmx.xml")]
#[case::twice_in_a_tag("<FEATURE NAME=\"a\" NAME=\"b\"/>", "1:2 lmx.xml")]
#[case::other_end("<FEATURE NAME=\"a\">\n</SETTING>", "2:1 lmx.end")]
#[case::only_an_end("</FEATURE>", "1:1 lmx.end")]
#[case::unknown_element("<FEATURE NAME=\"a\">\n\t<OPTION/>\n</FEATURE>", "2:2 lmx.element")]
#[case::element_in_the_wrong_place("<LICENSEFILE><SETTING COUNT=\"1\"/></LICENSEFILE>", "1:14 lmx.element")]
#[case::feature_in_a_feature("<FEATURE NAME=\"a\"><FEATURE NAME=\"b\"/></FEATURE>", "1:19 lmx.element")]
#[case::text("<FEATURE NAME=\"a\">\n ö x</FEATURE>", "2:2 lmx.text")]
#[case::cdata("<FEATURE NAME=\"a\"><![CDATA[COUNT]]></FEATURE>", "1:19 lmx.text")]
#[case::entity_in_text("<FEATURE NAME=\"a\">&amp;</FEATURE>", "1:19 lmx.text")]
#[case::entity("<FEATURE NAME=\"&who;\"/>", "1:10 lmx.entity")]
#[case::no_name("<FEATURE><SETTING COUNT=\"1\"/></FEATURE>", "1:1 lmx.no_name")]
#[case::name_with_a_blank("<FEATURE NAME=\"a b\"/>", "1:10 lmx.name")]
#[case::name_with_a_dot("<FEATURE NAME=\"a.b\"/>", "1:10 lmx.name")]
#[case::name_that_begins_wrong("<FEATURE=\"_a\"/>", "1:2 lmx.name")]
#[case::two_names("<FEATURE NAME=\"a\" FEATURE=\"a\"/>", "1:19 lmx.repeated")]
#[case::repeated(
    "<FEATURE NAME=\"a\">\n<SETTING COUNT=\"1\"/>\n<SETTING COUNT=\"2\"/></FEATURE>",
    "3:10 lmx.repeated"
)]
#[case::count("<FEATURE NAME=\"a\"><SETTING COUNT=\"many\"/></FEATURE>", "1:28 lmx.value")]
#[case::no_count_at_all("<FEATURE NAME=\"a\"><SETTING COUNT=\"0\"/></FEATURE>", "1:28 lmx.value")]
#[case::count_too_large("<FEATURE NAME=\"a\"><SETTING COUNT=\"2147483648\"/></FEATURE>", "1:28 lmx.value")]
#[case::date("<FEATURE NAME=\"a\"><SETTING END=\"31-12-2030\"/></FEATURE>", "1:28 lmx.value")]
#[case::no_such_day("<FEATURE NAME=\"a\"><SETTING END=\"2030-02-29\"/></FEATURE>", "1:28 lmx.value")]
#[case::reversed(
    "<FEATURE NAME=\"a\"><SETTING START=\"2030-02-02\" END=\"2030-02-01\"/></FEATURE>",
    "1:47 lmx.reversed"
)]
#[case::rate("<FEATURE NAME=\"a\"><SETTING HOSTID_MATCH_RATE=\"101\"/></FEATURE>", "1:28 lmx.value")]
#[case::hal("<FEATURE NAME=\"a\"><SETTING COUNT=\"1\" HAL_SERVERS=\"2\"/></FEATURE>", "1:38 lmx.value")]
#[case::borrow("<FEATURE NAME=\"a\"><SETTING COUNT=\"1\" BORROW=\"8761\"/></FEATURE>", "1:38 lmx.value")]
#[case::borrow_of_a_local_one(
    "<FEATURE NAME=\"a\"><SETTING BORROW=\"1\"/></FEATURE>",
    "1:28 lmx.needs_count"
)]
#[case::key_type_of_a_local_one(
    "<FEATURE NAME=\"a\"><SETTING KEYTYPE=\"ADDITIVE\"/></FEATURE>",
    "1:28 lmx.needs_count"
)]
#[case::share_of_a_local_one(
    "<FEATURE NAME=\"a\"><SETTING SHARE=\"HOST\"/></FEATURE>",
    "1:28 lmx.needs_count"
)]
#[case::share("<FEATURE NAME=\"a\"><SETTING COUNT=\"1\" SHARE=\"ALL\"/></FEATURE>", "1:38 lmx.value")]
#[case::single("<FEATURE NAME=\"a\"><SETTING SHARE=\"SINGLE\"/></FEATURE>", "1:28 lmx.no_equal")]
#[case::options("<FEATURE NAME=\"a\"><SETTING OPTIONS=\"x\"/></FEATURE>", "1:28 lmx.no_equal")]
#[case::unknown("<FEATURE NAME=\"a\"><SETTING COLOUR=\"x\"/></FEATURE>", "1:28 lmx.unknown")]
#[case::token("<FEATURE NAME=\"a\"><SETTING COUNT=\"1\" KEYTYPE=\"TOKEN\"/></FEATURE>", "1:38 lmx.no_equal")]
#[case::clock("<FEATURE NAME=\"a\"><SETTING SYSTEMCLOCKCHECK=\"INTERNET\"/></FEATURE>", "1:28 lmx.no_equal")]
#[case::client(
    "<FEATURE NAME=\"a\"><SETTING COUNT=\"1\"/><CLIENT_HOSTID><SETTING HOSTNAME=\"x\"/></CLIENT_HOSTID></FEATURE>",
    "1:1 lmx.no_equal"
)]
#[case::wildcard(
    "<FEATURE NAME=\"a\"><SETTING COUNT=\"1\"/><SERVER_HOSTID><SETTING IPADDRESS=\"10.*\"/></SERVER_HOSTID></FEATURE>",
    "1:63 lmx.value"
)]
#[case::empty_lock("<FEATURE NAME=\"a\"><SETTING COUNT=\"1\"/><SERVER_HOSTID/></FEATURE>", "1:1 lmx.value")]
#[case::control_character("<FEATURE NAME=\"a\"><SETTING LICENSEE=\"x&#7;\"/></FEATURE>", "1:28 lmx.value")]
#[case::other_encoding(
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><FEATURE NAME=\"ä\"/>",
    "1:1 lmx.encoding"
)]
#[case::ended("<FEATURE NAME=\"a\"><SETTING END=\"2026-05-31\"/></FEATURE>", "1:28 lmx.ended")]
#[case::unsound("<FEATURE NAME=\"a\"><SETTING LICENSEE=\"a&#x202e;b\"/></FEATURE>", "1:28 lmx.unsound")]
#[case::second_exclusive("<FEATURE NAME=\"a\"/>\n<FEATURE NAME=\"A\"/>", "2:1 lmx.second_exclusive")]
fn lmx_22_what_is_wrong_is_told_with_its_line_and_column(#[case] text: &str, #[case] told: &str) {
    assert_eq!(fault(text), told);
}

#[test]
fn lmx_22_everything_that_is_wrong_is_told_at_once() {
    let text = "<LICENSEFILE>\n<FEATURE NAME=\"a\">\n  <SETTING COUNT=\"x\"/>\n  <SETTING OPTIONS=\"y\"/>\n</FEATURE>\n\
                <FEATURE NAME=\"\"/>\n</LICENSEFILE>";
    assert_eq!(planned(text).unwrap_err(), ["3:12 lmx.value", "4:12 lmx.no_equal", "6:10 lmx.name"]);
}

#[rstest]
#[case::billion_laughs(
    "<?xml version=\"1.0\"?>\n<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>\n<FEATURE NAME=\"&b;\"/>"
)]
#[case::file_from_elsewhere(
    "<?xml version=\"1.0\"?>\n<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<FEATURE NAME=\"&x;\"/>"
)]
#[case::parameter_entity(
    "<?xml version=\"1.0\"?>\n<!DOCTYPE l SYSTEM \"http://127.0.0.1:1/x.dtd\">\n<FEATURE NAME=\"a\"/>"
)]
fn lmx_22_no_document_type_and_no_entity_of_its_own_is_taken_in(#[case] text: &str) {
    assert_eq!(fault(text), "2:1 lmx.doctype");
}

#[test]
fn lmx_22_a_file_has_bounds() {
    let faulty = |text: &[u8]| read(text, &[]).unwrap_err()[0].kind.code();
    assert_eq!(faulty(&vec![b' '; MAX_BYTES + 1]), "lmx.too_large");
    assert_eq!(faulty("<FEATURE NAME=\"a\"/>".repeat(1_001).as_bytes()), "lmx.too_many");
    let settings: String = (0..201).map(|n| format!("<SETTING A{n}=\"1\"/>")).collect();
    assert_eq!(faulty(format!("<FEATURE NAME=\"a\">{settings}</FEATURE>").as_bytes()), "lmx.too_many");
    let long = "x".repeat(8_193);
    assert_eq!(faulty(format!("<FEATURE NAME=\"{long}\"/>").as_bytes()), "lmx.value");
    assert_eq!(faulty(b"<FEATURE NAME=\"\xff\"/>"), "lmx.encoding");
    assert_eq!(faulty(b"\xff\xfe<\0F\0"), "lmx.encoding");
    assert_eq!(faulty("<FEATURE NAME=\"a\">".repeat(50_000).as_bytes()), "lmx.element");
}

#[test]
fn lmx_22_what_has_no_equal_can_be_left_out_knowingly() {
    let text = b"<FEATURE NAME=\"a\"><SETTING COUNT=\"1\" OPTIONS=\"x\" COLOUR=\"red\"/></FEATURE>";
    let template = read(text, &["options".to_owned(), "COLOUR".to_owned()]).unwrap();
    let noted: Vec<&str> = template.features[0].noted.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(noted, ["COLOUR", "OPTIONS"]);
}

#[test]
fn lmx_22_a_local_license_that_is_locked_to_a_client_notes_it() {
    let text = "<FEATURE NAME=\"a\"><CLIENT_HOSTID><SETTING HOSTNAME=\"x\"/><SETTING ETHERNET=\"0:1\"/></CLIENT_HOSTID></FEATURE>";
    let noted: Vec<String> =
        one(text).features[0].noted.iter().map(|it| format!("{} {}", it.name, it.value)).collect();
    assert_eq!(noted, ["CLIENT_HOSTID HOSTNAME=x", "CLIENT_HOSTID ETHERNET=01"]);
}

fn upgrade(settings: &str) -> String {
    format!(
        "<FEATURE NAME=\"f1\"><SETTING COUNT=\"10\" END=\"2030-12-31\"/></FEATURE>\n<FEATURE NAME=\"f1\">{settings}</FEATURE>"
    )
}

#[rstest]
#[case::lmx_09_end("COUNT=\"5\" END=\"2031-01-01\"", "2:57 upgrade.outside")]
#[case::lmx_10_no_end("COUNT=\"5\"", "2:1 upgrade.perpetual")]
#[case::lmx_11_unlimited("COUNT=\"UNLIMITED\" END=\"2030-12-31\"", "2:47 upgrade.unlimited")]
#[case::lmx_08_sum("COUNT=\"2147483640\" END=\"2030-12-31\"", "2:47 upgrade.sum")]
#[case::lmx_08_negative("COUNT=\"-1\" END=\"2030-12-31\"", "2:47 upgrade.count")]
#[case::lmx_04_borrow("COUNT=\"5\" END=\"2030-12-31\" BORROW=\"24\"", "2:74 upgrade.setting")]
#[case::lmx_04_comment("COUNT=\"5\" END=\"2030-12-31\" COMMENT=\"\"", "2:74 upgrade.setting")]
#[case::lmx_05_share("COUNT=\"5\" END=\"2030-12-31\" SHARE=\"HOST\"", "2:74 upgrade.share")]
#[case::lmx_03_no_count("END=\"2030-12-31\"", "2:1 upgrade.no_count")]
fn lmx_03_04_05_08_09_10_11_a_refused_upgrade_is_told_with_its_place(
    #[case] settings: &str,
    #[case] told: &str,
) {
    assert_eq!(fault(&upgrade(&format!("<SETTING KEYTYPE=\"UPGRADE\" {settings}/>"))), told);
}

#[test]
fn lmx_06_a_client_host_id_on_an_upgrade_is_refused() {
    let lock = "<CLIENT_HOSTID><SETTING HOSTNAME=\"x\"/></CLIENT_HOSTID>";
    let settings = "<SETTING KEYTYPE=\"UPGRADE\" COUNT=\"5\" END=\"2030-12-31\"/>";
    assert_eq!(fault(&upgrade(&format!("{settings}{lock}"))), "2:29 upgrade.client_host");
}

#[test]
fn lmx_02_an_upgrade_finds_its_base_or_is_refused() {
    let raise = "<FEATURE NAME=\"f1\"><SETTING COUNT=\"5\" KEYTYPE=\"UPGRADE\"/></FEATURE>";
    let additive = "<FEATURE NAME=\"f1\"><SETTING COUNT=\"5\" KEYTYPE=\"ADDITIVE\"/></FEATURE>\n";
    assert_eq!(fault(&format!("{additive}{raise}")), "2:39 upgrade.no_exclusive");

    let sold = |name: &str| {
        let mut license = planned("<FEATURE NAME=\"F1\"><SETTING COUNT=\"7\"/></FEATURE>")
            .unwrap()
            .licenses
            .remove(0)
            .license;
        license.id = id(name);
        (license, Upgrades::default())
    };
    let one = planned_with(raise, &[sold("one")], None).unwrap();
    assert_eq!(one.upgrades[0].license, id("one"));
    let two = [sold("one"), sold("two")];
    assert_eq!(planned_with(raise, &two, None).unwrap_err(), ["1:39 lmx.several_bases"]);
    let named = planned_with(raise, &two, Some(id("two"))).unwrap();
    assert_eq!(named.upgrades[0].license, id("two"));
    assert_eq!(planned_with(raise, &two, Some(id("three"))).unwrap_err(), ["1:39 upgrade.no_exclusive"]);
}

#[test]
fn lmx_12_the_same_file_again_plans_nothing_new() {
    let first = planned(FULL).unwrap();
    let mut bases: Vec<(Entitlement, Upgrades)> =
        first.licenses.iter().map(|it| (it.license.clone(), Upgrades::default())).collect();
    bases[0].1.all.extend(first.upgrades[0].upgrade.clone());
    let again = planned_with(FULL, &bases, None).unwrap();
    assert!(again.licenses.iter().all(|it| it.known));
    assert_eq!(again.upgrades[0].upgrade, None);
}

#[test]
fn lmx_22_the_page_names_every_setting_and_every_code() {
    let page = include_str!("../../../../docs/lmx.md");
    let words: Vec<&str> = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let missing: Vec<&str> = super::setting::names().filter(|name| !words.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    for code in LMX_CODES {
        assert!(page.contains(&format!("| `{code}` |")), "{code}");
    }
}

proptest::proptest! {
    #[test]
    fn lmx_22_no_input_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = read(&bytes, &[]);
    }

    #[test]
    fn lmx_22_no_change_of_a_template_makes_the_reader_panic(
        at in 0..FULL.len(), byte in proptest::num::u8::ANY, cut in 0..FULL.len(),
    ) {
        let mut bytes = FULL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read(&bytes, &[]);
        let _ = read(&FULL.as_bytes()[..cut], &[]);
    }
}
