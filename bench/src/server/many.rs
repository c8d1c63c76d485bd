//! The same load on stores that hold a thousand, a hundred thousand and a million activations already.

use anyhow::Result;

use super::{Bench, Engine, LICENSES};
use crate::filed;
use crate::fill::fill;
use crate::load;
use crate::report::{Beside, Report};

/// How many documents were filed.
pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<usize> {
    let sizes: &[i64] = if bench.quick { &[1_000, 100_000] } else { &[1_000, 100_000, 1_000_000] };
    let genuine = genuine(bench)?;
    let mut filed = 0;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let group = format!("With activations in the store already, on {}", engine.name());
        let mut least = None;
        for &size in sizes {
            let data = bench.copy(&genuine, &format!("many-{engine:?}-{size}").to_lowercase(), engine)?;
            fill(&data.store(), &genuine.store(), size)?;
            let outcome = bench.ingest(&data, 256, LICENSES)?;
            filed += filed::check(&data.store(), &bench.requests, &outcome, usize::try_from(size)?)?.filed;
            data.remove()?;
            let (rate, p99) = (outcome.rate(), outcome.percentile(0.99));
            let (first_rate, first_p99) = *least.get_or_insert((rate, p99));
            let aim = (size == 1_000_000)
                .then_some(("within 1.2 times the time at 1,000", rate * 1.2 >= first_rate));
            let beside = |peer| Beside { name: "1,000 activations, in this run", peer };
            let what = format!("{} activations, 256 connections", grouped(size));
            report.aimed(&group, &what, rate, "documents/s", &beside(first_rate), aim);
            report.row(&group, &format!("{what}, p99"), p99, "ms", &beside(first_p99));
        }
    }
    genuine.remove()?;
    report.note(
        "The activations that are there already are copies of genuine ones with digests and hardware of their own at \
         random and ids in the order of time, as portal and devices make them, spread over eight licenses, so that every \
         index is as large and as mixed as it would be; answers, \
         envelopes and issued files are cut to 64 characters (whole, a million take twenty gigabytes), as no request but \
         their own sender's reads them. Statistics are those of ANALYZE."
            .to_owned(),
    );
    Ok(filed)
}

/// A store with one genuine activation for each license.
fn genuine(bench: &Bench) -> Result<crate::portal::Data> {
    let data = bench.furnished("genuine", Engine::Sqlite)?;
    let server = data.serve("info")?;
    load::run_some(server.address, &bench.requests, 0..LICENSES, bench.load(1))?;
    server.stop()?;
    Ok(data)
}

fn grouped(number: i64) -> String {
    match number {
        1_000_000.. => format!("{},{:03},{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}
