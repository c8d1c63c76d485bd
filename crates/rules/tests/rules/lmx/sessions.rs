use handcarry_format::{Id, Instant, LicenseStatus};
use handcarry_rules::session::{
    AskedSession, HEARTBEAT, SESSION_CODES, Session, SessionPool, SessionRefusal, SessionTerms, Shared,
    candidates, check_out, renew,
};
use handcarry_rules::upgrade::{HostId, HostLock, Upgrades};
use handcarry_rules::{Entitlement, Pooling};
use rstest::rstest;

use super::{base, vector};
use crate::world::{at, day, id};

/// A server with one license, as a store would keep its sessions.
struct Server {
    license: Entitlement,
    upgrades: Upgrades,
    terms: SessionTerms,
    open: Vec<Session>,
}

impl Server {
    fn new() -> Server {
        let terms = SessionTerms { borrow_hours: Some(48), ..SessionTerms::default() };
        Server { license: base(), upgrades: vector(&base()), terms, open: vec![] }
    }

    fn pool(&self, asked: &AskedSession, now: Instant) -> SessionPool {
        let place = self.terms.place(asked);
        let open: Vec<&Session> = self.open.iter().filter(|it| it.is_open(now)).collect();
        let mut places: Vec<&str> = open.iter().map(|it| it.place.as_str()).collect();
        places.sort_unstable();
        places.dedup();
        let has = places.contains(&place.as_str());
        let taken = u32::try_from(places.len()).unwrap();
        SessionPool::of(&self.license, &self.upgrades, self.terms.clone(), (taken, has), now).unwrap()
    }

    fn check_out(&mut self, asked: &AskedSession, now: Instant) -> Result<Id, SessionRefusal> {
        let session = check_out(&[self.pool(asked, now)], asked, now)?;
        self.open.push(session);
        Ok(asked.id.clone())
    }

    fn renew_all(&mut self, now: Instant) {
        let pool = self.pool(&asked("n"), now);
        for session in &mut self.open {
            *session = renew(session, &pool, None, now).unwrap();
        }
    }
}

fn asked(name: &str) -> AskedSession {
    AskedSession {
        id: id(name),
        feature: id("f1"),
        user: name.to_owned(),
        host: "ws-1".to_owned(),
        custom: None,
        until: None,
    }
}

fn pool(name: &str, pooling: Pooling, taken: u32) -> SessionPool {
    SessionPool {
        license: id(name),
        pooling,
        status: LicenseStatus::Active,
        ends: None,
        count: 2,
        elsewhere: false,
        terms: SessionTerms::default(),
        taken,
        has_place: false,
    }
}

const NOW: &str = "2029-03-01T12:00:00Z";

#[test]
fn lmx_15_sessions_go_on_when_an_upgrade_ends_and_new_ones_wait() {
    let mut server = Server::new();
    let evening = at("2029-06-30T23:59:00Z");
    for n in 0..16 {
        server.check_out(&asked(&format!("s{n}")), evening).unwrap();
    }
    let next = at("2029-07-01T00:00:00Z");
    server.renew_all(next);
    assert_eq!(server.open.iter().filter(|it| it.is_open(next)).count(), 16, "still 16 the day after");
    let full = |taken| Err(SessionRefusal::NoPlace { count: 13, taken });
    for taken in [16, 15, 14, 13] {
        assert_eq!(server.check_out(&asked("new"), next), full(taken));
        server.open.pop();
    }
    assert_eq!(server.check_out(&asked("new"), next), Ok(id("new")), "12 were open");
    assert_eq!(server.check_out(&asked("more"), next), full(13));
}

#[test]
fn lmx_15_as_many_as_the_count_are_open_at_a_time() {
    let mut server = Server::new();
    let now = at(NOW);
    for n in 0..18 {
        server.check_out(&asked(&format!("s{n}")), now).unwrap();
    }
    let refused = server.check_out(&asked("more"), now).unwrap_err();
    assert_eq!(refused, SessionRefusal::NoPlace { count: 18, taken: 18 });
    assert_eq!(refused.to_string(), "18 of 18 sessions are open");
    // One that is not renewed gives its place back by itself.
    let later = now.plus_seconds(HEARTBEAT);
    assert_eq!(server.check_out(&asked("more"), later.plus_seconds(-1)).unwrap_err(), refused);
    assert!(server.check_out(&asked("more"), later).is_ok());
}

#[test]
fn lmx_15_a_session_lasts_from_one_sign_of_life_to_the_next() {
    let mut server = Server::new();
    let now = at(NOW);
    server.check_out(&asked("a"), now).unwrap();
    let pool = server.pool(&asked("a"), now);
    let later = now.plus_seconds(HEARTBEAT - 1);
    let renewed = renew(&server.open[0], &pool, None, later).unwrap();
    assert_eq!((renewed.since, renewed.renewed_at), (now, later));
    assert_eq!(renewed.expires_at, later.plus_seconds(HEARTBEAT));
    let over = renewed.expires_at;
    assert_eq!(renew(&renewed, &pool, None, over), Err(SessionRefusal::Over { since: over }));
}

#[rstest]
#[case::two_days("2029-03-03T12:00:00Z", None)]
#[case::a_second("2029-03-01T12:00:01Z", None)]
#[case::too_long("2029-03-03T12:00:01Z", Some("2029-03-03T12:00:00Z"))]
#[case::not_in_the_future(NOW, Some("2029-03-03T12:00:00Z"))]
fn lmx_15_a_session_is_borrowed_for_as_long_as_the_license_says(
    #[case] until: &str,
    #[case] latest: Option<&str>,
) {
    let mut server = Server::new();
    let now = at(NOW);
    let asked = AskedSession { until: Some(at(until)), ..asked("a") };
    match latest {
        Some(latest) => {
            let refused = server.check_out(&asked, now).unwrap_err();
            assert_eq!(refused, SessionRefusal::BorrowedUntil { latest: at(latest) });
        }
        None => {
            server.check_out(&asked, now).unwrap();
            assert!(server.open[0].borrowed);
            assert_eq!(server.open[0].expires_at, at(until));
        }
    }
}

#[test]
fn lmx_15_a_borrowed_session_takes_its_place_until_its_instant() {
    let mut server = Server::new();
    let (now, until) = (at(NOW), at("2029-03-02T12:00:00Z"));
    for n in 0..18 {
        server.check_out(&AskedSession { until: Some(until), ..asked(&format!("s{n}")) }, now).unwrap();
    }
    assert!(server.check_out(&asked("more"), until.plus_seconds(-1)).is_err());
    // A sign of life on the way leaves the instant as it is; another instant replaces it.
    let pool = server.pool(&asked("s0"), now);
    let renewed = renew(&server.open[0], &pool, None, now.plus_seconds(5)).unwrap();
    assert_eq!((renewed.expires_at, renewed.borrowed), (until, true));
    let longer = until.plus_seconds(3_600);
    assert_eq!(renew(&renewed, &pool, Some(longer), now).unwrap().expires_at, longer);
    assert!(server.check_out(&asked("more"), until).is_ok());
}

#[test]
fn lmx_15_nothing_lasts_beyond_the_license() {
    let mut server = Server::new();
    server.license.end = Some(day("2029-03-01"));
    let (now, end) = (at("2029-03-01T23:58:00Z"), at("2029-03-02T00:00:00Z"));
    server.check_out(&asked("a"), now).unwrap();
    assert_eq!(server.open[0].expires_at, end);
    let borrow = AskedSession { until: Some(end.plus_seconds(1)), ..asked("b") };
    assert_eq!(server.check_out(&borrow, now), Err(SessionRefusal::BorrowedUntil { latest: end }));
    let refused = server.check_out(&asked("c"), end).unwrap_err();
    assert_eq!(refused, SessionRefusal::NotActive { status: LicenseStatus::Expired });
}

#[test]
fn lmx_15_of_a_license_that_is_switched_off_sessions_are_not_prolonged() {
    let mut server = Server::new();
    let now = at(NOW);
    server.check_out(&asked("a"), now).unwrap();
    server.license.status = handcarry_rules::PoolStatus::Inactive;
    let pool = server.pool(&asked("a"), now);
    let refused = renew(&server.open[0], &pool, None, now).unwrap_err();
    assert_eq!(refused, SessionRefusal::NotActive { status: LicenseStatus::Inactive });
    assert!(server.open[0].is_open(now), "it runs on to its own end");
    assert_eq!(server.check_out(&asked("b"), now), Err(refused));
}

#[rstest]
#[case::exclusive_first(&[("a", Pooling::Additive, 0), ("x", Pooling::Exclusive, 0)], Ok("x"))]
#[case::additive_when_it_is_full(&[("x", Pooling::Exclusive, 2), ("a", Pooling::Additive, 0)], Ok("a"))]
#[case::additive_in_their_order(&[("a", Pooling::Additive, 2), ("b", Pooling::Additive, 1), ("c", Pooling::Additive, 0)], Ok("b"))]
#[case::the_first_exclusive_only(&[("x", Pooling::Exclusive, 2), ("y", Pooling::Exclusive, 0)], Err("session.no_place"))]
#[case::all_full(&[("x", Pooling::Exclusive, 2), ("a", Pooling::Additive, 2)], Err("session.no_place"))]
#[case::none(&[], Err("session.no_license"))]
fn lmx_15_the_exclusive_license_comes_before_the_additive_ones(
    #[case] list: &[(&str, Pooling, u32)],
    #[case] expected: Result<&str, &str>,
) {
    let pools: Vec<_> = list.iter().map(|(name, pooling, taken)| pool(name, *pooling, *taken)).collect();
    let done = check_out(&pools, &asked("s"), at(NOW));
    let done = done.map(|it| it.license.to_string()).map_err(|it| it.code());
    assert_eq!(done, expected.map(str::to_owned));
    assert!(expected.is_ok_and(|_| true) || SESSION_CODES.contains(&expected.unwrap_err()));
}

#[test]
fn lmx_15_an_exclusive_license_that_has_ended_gives_way_to_the_next() {
    let mut ended = pool("x", Pooling::Exclusive, 0);
    ended.status = LicenseStatus::Expired;
    let next = pool("y", Pooling::Exclusive, 0);
    let taken = check_out(&[ended.clone(), next], &asked("s"), at(NOW)).unwrap();
    assert_eq!(taken.license, id("y"));
    let refused = check_out(&[ended], &asked("s"), at(NOW)).unwrap_err();
    assert_eq!(refused.code(), "session.not_active");
}

#[rstest]
#[case::here(&["HOSTNAME=alpha1"], 100, None)]
#[case::elsewhere(&["HOSTNAME=beta1"], 100, Some("session.elsewhere"))]
#[case::rate_of_0_is_off(&[], 0, None)]
fn lmx_15_a_license_that_is_locked_to_a_server_gives_sessions_there_only(
    #[case] own: &[&str],
    #[case] match_rate: u32,
    #[case] code: Option<&str>,
) {
    let ids = |list: &[&str]| list.iter().map(|it| HostId::parse(it).unwrap()).collect::<Vec<_>>();
    let mut server = Server::new();
    server.upgrades.server = ids(own);
    server.terms.servers = HostLock::new(ids(&["HOSTNAME=Alpha1"])).into_iter().collect();
    server.terms.match_rate = match_rate;
    let done = server.check_out(&asked("a"), at(NOW));
    assert_eq!(done.err().map(|it| it.code()), code);
}

#[test]
fn lmx_15_a_session_is_borrowed_from_a_license_that_can_be() {
    let mut additive = pool("a", Pooling::Additive, 0);
    additive.terms.borrow_hours = Some(24);
    let exclusive = pool("x", Pooling::Exclusive, 0);
    let asked = AskedSession { until: Some(at(NOW).plus_seconds(3_600)), ..asked("s") };
    let taken = check_out(&[exclusive.clone(), additive], &asked, at(NOW)).unwrap();
    assert_eq!(taken.license, id("a"));
    assert_eq!(check_out(&[exclusive], &asked, at(NOW)), Err(SessionRefusal::NoBorrowing));
}

#[rstest]
#[case::not_shared(Shared::default(), [1, 2, 3, 4])]
#[case::by_host(Shared { host: true, ..Shared::default() }, [1, 1, 1, 2])]
#[case::by_user(Shared { user: true, ..Shared::default() }, [1, 1, 2, 2])]
#[case::by_host_and_user(Shared { host: true, user: true, custom: false }, [1, 1, 2, 3])]
#[case::by_custom(Shared { custom: true, ..Shared::default() }, [1, 2, 2, 2])]
fn lmx_15_sessions_that_share_take_one_place(#[case] shared: Shared, #[case] taken: [u32; 4]) {
    let mut server = Server::new();
    server.terms.shared = shared;
    let now = at(NOW);
    let people =
        [("ann", "ws-1", Some("p")), ("Ann", "WS-1", None), ("bob", "ws-1", None), ("ann", "ws-2", None)];
    for (n, (user, host, custom)) in people.into_iter().enumerate() {
        let (user, host, custom) = (user.to_owned(), host.to_owned(), custom.map(str::to_owned));
        let asked = AskedSession { user, host, custom, ..asked(&format!("s{n}")) };
        server.check_out(&asked, now).unwrap();
        assert_eq!(server.pool(&asked, now).taken, taken[n], "{n}");
        assert!(server.pool(&asked, now).has_place);
    }
}

#[test]
fn lmx_15_a_shared_place_is_found_where_it_is_taken_even_when_all_are() {
    let mut shared = pool("a", Pooling::Additive, 2);
    shared.has_place = true;
    let taken = check_out(&[pool("x", Pooling::Exclusive, 0), shared], &asked("s"), at(NOW)).unwrap();
    assert_eq!(taken.license, id("a"));
}

#[test]
fn lmx_15_a_license_that_is_not_concurrent_has_no_sessions() {
    let mut license = base();
    license.model = handcarry_format::Model::NodeLocked;
    let none = SessionPool::of(&license, &Upgrades::default(), SessionTerms::default(), (0, false), at(NOW));
    assert_eq!(none, None);
}

#[test]
fn lmx_15_a_session_is_taken_from_licenses_of_one_customer() {
    let sold = |name: &str, customer: &str| Entitlement {
        id: id(name),
        customer: Some(handcarry_format::Customer { name: customer.to_owned(), order: None }),
        ..base()
    };
    let (ann, own, bob) = (sold("l-1", "Ann"), sold("l-2", "Ann"), sold("l-3", "Bob"));
    let of = |list: &[&Entitlement], feature: &str, named: bool| {
        let found = candidates(list.iter().copied().cloned().collect(), &id(feature), named);
        found.map(|all| all.len()).map_err(|it| it.code())
    };
    assert_eq!(of(&[&ann, &own], "F1", false), Ok(2), "the case of a feature means nothing");
    assert_eq!(of(&[&ann, &own, &bob], "f1", false), Err("session.several_customers"));
    assert_eq!(of(&[&bob], "f1", true), Ok(1));
    assert_eq!(of(&[&ann], "f2", false), Err("session.no_license"));
    let node_locked = Entitlement { model: handcarry_format::Model::NodeLocked, ..ann.clone() };
    assert_eq!(of(&[&node_locked], "f1", true), Err("session.no_license"));
}
