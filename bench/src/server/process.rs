//! The process: its memory, its size, and how soon it answers.

use std::process::Command;

use anyhow::Result;

use super::{Bench, Engine};
use crate::load;
use crate::report::{Beside, Report};
use crate::start::{Memory, free_address, median, until_answered, until_ended};

const GROUP: &str = "The server's process";
const BARE: &str = "a listener that answers 200 to everything";
/// Starts of each kind; the figure is the middle one.
const STARTS: usize = 20;

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    memory(bench, report)?;
    start(bench, report)?;
    let size = |path| Ok::<_, std::io::Error>(std::fs::metadata(path)?.len() as f64 / f64::from(1 << 20));
    let own = std::env::current_exe()?;
    report.row(
        GROUP,
        "size of the binary, with the page in it",
        size(bench.program().to_owned())?,
        "MiB",
        &Beside {
            name: "this benchmark's: both engines' clients and a runtime, no server",
            peer: size(own)?,
        },
    );
    Ok(())
}

fn memory(bench: &Bench, report: &mut Report) -> Result<()> {
    let address = free_address()?;
    let (_, bare) = until_answered(listener(address)?, address, "/")?;
    let least = Memory::of(bare.process())?;
    drop(bare);
    let data = bench.furnished("memory", Engine::Sqlite)?;
    let server = data.serve("info")?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let rest = Memory::of(server.process())?;
    load::run(server.address, &bench.requests, 0, bench.load(256))?;
    let after = Memory::of(server.process())?;
    server.stop()?;
    data.remove()?;
    let beside_rest = Beside { name: "the same at rest", peer: rest.now };
    report.row(GROUP, "memory at rest", rest.now, "MiB", &Beside { name: BARE, peer: least.now });
    report.row(GROUP, "most memory under 256 connections", after.most, "MiB", &beside_rest);
    report.row(GROUP, "memory after them", after.now, "MiB", &beside_rest);
    Ok(())
}

fn start(bench: &Bench, report: &mut Report) -> Result<()> {
    let data = bench.furnished("start", Engine::Sqlite)?;
    let (mut health, mut ready, mut bare, mut version) = (vec![], vec![], vec![], vec![]);
    for _ in 0..STARTS {
        for (path, times) in [("/healthz", &mut health), ("/readyz", &mut ready)] {
            let address = free_address()?;
            let mut command = data.command();
            command.args(["serve", "--rate", "0", "--listen", &address.to_string()]);
            times.push(until_answered(command, address, path)?.0);
        }
        let address = free_address()?;
        bare.push(until_answered(listener(address)?, address, "/")?.0);
        let mut command = Command::new(bench.program());
        command.arg("--version");
        version.push(until_ended(command)?);
    }
    data.remove()?;
    let [health, ready, bare, version] = [health, ready, bare, version].map(median);
    let of_bare = Beside { name: BARE, peer: bare };
    report.row(GROUP, "cold start until /healthz answers", health, "ms", &of_bare);
    report.row(GROUP, "cold start until /readyz answers", ready, "ms", &of_bare);
    let of_version = Beside { name: "`handcarry --version`, until it has ended", peer: version };
    report.row(GROUP, "cold start until /readyz answers", ready, "ms", &of_version);
    Ok(())
}

fn listener(address: std::net::SocketAddr) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["listen", &address.to_string()]);
    Ok(command)
}
