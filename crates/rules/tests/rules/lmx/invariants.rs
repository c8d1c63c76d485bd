use chrono::{Days, NaiveDate};
use handcarry_rules::midnight;
use handcarry_rules::upgrade::{AskedUpgrade, Count, MOST, Upgrades};
use proptest::prelude::*;

use super::{add, base};
use crate::world::{day, id};

/// Day n from 2029-01-01.
fn nth(n: u64) -> NaiveDate {
    day("2029-01-01") + Days::new(n)
}

fn upgrade() -> impl Strategy<Value = AskedUpgrade> {
    let count = prop_oneof![1_i64..20, 1..i64::from(MOST)];
    let days = (prop::option::of(0_u64..40), 0_u64..40);
    (0..8_u8, count, days).prop_map(|(name, count, (start, end))| AskedUpgrade {
        start: start.map(nth),
        end: Some(nth(end)),
        ..AskedUpgrade::new(id(&format!("u{name}")), id("f1"), Count::Of(count))
    })
}

proptest! {
    #[test]
    fn lmx_07_08_12_the_sum_of_every_day_is_that_of_its_upgrades_each_counted_once(
        list in prop::collection::vec(upgrade(), 0..10),
        zone in 0..chrono_tz::TZ_VARIANTS.len(),
    ) {
        let mut base = base();
        base.zone = chrono_tz::TZ_VARIANTS[zone];
        let (mut upgrades, mut taken) = (Upgrades::default(), Vec::<AskedUpgrade>::new());
        for asked in &list {
            let known = taken.iter().any(|it| it.id == asked.id);
            if add(&mut upgrades, asked, &base).is_ok() && !known {
                taken.push(asked.clone());
            }
        }
        let mut reversed = upgrades.clone();
        reversed.all.reverse();
        prop_assert_eq!(upgrades.still_fit(&base), Ok(()));
        for n in 0..45 {
            let today = nth(n);
            let at = midnight(today, base.zone);
            let count = upgrades.count_at(&base, at);
            let sum: i64 = taken
                .iter()
                .filter(|it| it.start.is_none_or(|start| start <= today) && it.end.is_none_or(|end| today <= end))
                .map(|it| match it.count { Some(Count::Of(count)) => count, _ => 0 })
                .sum();
            prop_assert_eq!(i64::from(count), 10 + sum);
            prop_assert!((1..=MOST).contains(&count));
            prop_assert_eq!(reversed.count_at(&base, at), count, "the order means nothing");
            // Between two midnights nothing changes.
            let night = midnight(today.succ_opt().unwrap(), base.zone);
            if at < night {
                prop_assert_eq!(upgrades.count_at(&base, night.plus_seconds(-1)), count);
                prop_assert_eq!(upgrades.changes(&base, at, night.plus_seconds(-1)), vec![]);
                let next = upgrades.count_at(&base, night);
                prop_assert!(next == count || !upgrades.changes(&base, at, night).is_empty());
            }
        }
    }

    #[test]
    fn lmx_08_a_count_is_refused_or_in_range(count in any::<i64>(), base_count in 1..=MOST) {
        let mut base = base();
        base.model = handcarry_format::Model::Concurrent(base_count);
        let asked = AskedUpgrade {
            end: base.end,
            ..AskedUpgrade::new(id("u"), id("f1"), Count::Of(count))
        };
        let mut upgrades = Upgrades::default();
        let fits = count >= 1 && count.saturating_add(i64::from(base_count)) <= i64::from(MOST);
        prop_assert_eq!(add(&mut upgrades, &asked, &base).is_ok(), fits);
    }
}
