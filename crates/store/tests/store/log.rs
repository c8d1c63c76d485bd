use handcarry_format::Digest;
use handcarry_store::{LogCheck, LogHead, StoreError, verify_log};

use crate::world::*;

pub(crate) fn d_28_the_log_of_each_tenant_is_a_chain_of_its_own(world: &World) {
    let (acme, other) = world.does(|tx| {
        for number in 0..2500 {
            tx.append_log(ACME, &entry(&format!("acme {number}")))?;
        }
        Ok((tx.append_log(ACME, &entry("last"))?, tx.append_log(OTHER, &entry("last"))?))
    });
    assert_eq!((acme.seq, other.seq), (2501, 1));
    for (tenant, last) in [(ACME, acme), (OTHER, other)] {
        let whole = LogCheck::Whole { head: Some(LogHead { seq: last.seq, hash: last.hash }) };
        assert_eq!(world.sees(move |tx| verify_log(tx, tenant)), whole);
    }
}

pub(crate) fn d_28_the_chain_is_the_documented_one(world: &World) {
    assert_eq!(world.sees(|tx| verify_log(tx, ACME)), LogCheck::Whole { head: None });
    let written = world.does(|tx| {
        tx.append_log(ACME, &entry("one"))?;
        tx.append_log(ACME, &entry("two"))
    });
    let hash = |seq: i64, previous: [u8; 32], event: &str| {
        let mut bytes = Vec::new();
        let at = at(3).unix().to_be_bytes();
        let (tenant, seq) = (1_i64.to_be_bytes(), seq.to_be_bytes());
        for field in [&tenant[..], &seq, &previous, &at, event.as_bytes(), b"{\"a\":1}"] {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field);
        }
        *Digest::of(&bytes).as_bytes()
    };
    let first = hash(1, [0; 32], "one");
    assert_eq!(written.hash, Digest::from_bytes(hash(2, first, "two")));
}

pub(crate) fn d_28_rolled_back_work_leaves_no_gap(world: &World) {
    world.does(|tx| tx.append_log(ACME, &entry("one")));
    let refused = world.write_blocking(|tx| {
        tx.append_log(ACME, &entry("never"))?;
        Err::<(), _>(StoreError::Missing("a reason"))
    });
    assert_eq!(refused, Err(StoreError::Missing("a reason")));
    assert_eq!(world.does(|tx| tx.append_log(ACME, &entry("two"))).seq, 2);
    assert!(matches!(world.sees(|tx| verify_log(tx, ACME)), LogCheck::Whole { head: Some(_) }));
}
