//! `handcarry-bench ingest`: one server, one load, its figures.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use handcarry_format::{License, Limits, open};
use serde_json::Value;

use crate::documents::{Wanted, activation_requests, device_key};
use crate::filed;
use crate::load::{self, Load, Outcome};
use crate::portal::{Data, Shop};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Connections that are kept open
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds of sending
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Documents that are made beforehand; sending ends with the last of them
    #[arg(long, default_value_t = 60_000)]
    documents: u64,
    /// Licenses that they ask for, in turn
    #[arg(long, default_value_t = 8)]
    licenses: usize,
    /// Address of the store: an empty schema, postgres://user@host/database?schema=NAME (default: a new file)
    #[arg(long)]
    store: Option<String>,
    /// The server's program (default: `handcarry` beside this one)
    #[arg(long)]
    handcarry: Option<PathBuf>,
    /// What the server logs: `info` is a line a request
    #[arg(long, default_value = "info")]
    log: String,
    /// Send until the documents are at an end, however long that takes
    #[arg(long)]
    all: bool,
    /// Leave the data directory where it is, and say where
    #[arg(long)]
    keep: bool,
    /// Run this beside the load, with the server's process id in place of {}: perf record -g -p {} -- sleep 4
    #[arg(long, value_name = "COMMAND")]
    beside: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let program = program(arguments.handcarry.as_deref())?;
    let directory = scratch("ingest")?;
    let data = Data::new(&program, directory.join("data"), arguments.store.as_deref())?;
    let shop = data.furnish(arguments.licenses)?;
    let began = Instant::now();
    let requests = Arc::new(activation_requests(&wanted(&shop)?, 0, arguments.documents)?);
    println!(
        "{} activation requests of {} bytes on the wire, made in {:.1} s",
        requests.len(),
        requests.size(),
        began.elapsed().as_secs_f64()
    );
    let load = Load {
        connections: arguments.connections,
        time: if arguments.all { Duration::MAX } else { Duration::from_secs(arguments.seconds) },
        warm_up: Duration::from_millis(500),
        keep: 97,
    };
    let server = data.serve(&arguments.log)?;
    let before = Cpu::of(server.process());
    let beside = arguments.beside.as_ref().map(|command| {
        let command = command.replace("{}", &server.process().to_string());
        std::process::Command::new("sh").args(["-c", &command]).spawn()
    });
    let outcome = load::run(server.address, &requests, 0, load)?;
    let spent = Cpu::of(server.process()).0 - before.0;
    if let Some(beside) = beside {
        beside?.wait()?;
    }
    server.stop()?;
    verify(&shop, &outcome)?;
    let filed = filed::compare(&data.store(), &requests, &outcome, 0)?;
    let answers = outcome.acknowledged.len();
    println!(
        "{} connections: {:.0} requests a second, p50 {:.2} ms, p99 {:.2} ms; the server's processor time \
         {:.0} µs a request",
        arguments.connections,
        outcome.rate(),
        outcome.percentile(0.5),
        outcome.percentile(0.99),
        spent * 1e6 / answers.max(1) as f64,
    );
    println!(
        "{} acknowledged, {} filed: {} lost, {} doubled; {} answers verified",
        filed.acknowledged,
        filed.filed,
        filed.lost,
        filed.doubled,
        outcome.kept.len()
    );
    if arguments.keep {
        println!("kept: {}", directory.display());
    } else {
        fs::remove_dir_all(&directory)?;
    }
    if filed.lost + filed.doubled > 0 {
        bail!("the store does not hold what was acknowledged, once");
    }
    Ok(())
}

/// Opens the answers that were kept: each a license for the device that asked.
pub(crate) fn verify(shop: &Shop, outcome: &Outcome) -> Result<()> {
    for (number, body) in &outcome.kept {
        let answer: Value = serde_json::from_slice(body)?;
        let text = answer["license"]["text"].as_str().context("an answer without a license")?;
        let license = open::<License>(text.as_bytes(), &shop.trust, &Limits::default())?;
        if license.device.key != device_key(u64::from(*number)).public() {
            bail!("the answer to request {number} is for another device");
        }
    }
    Ok(())
}

pub(crate) fn wanted(shop: &Shop) -> Result<Wanted> {
    Ok(Wanted {
        vendor: shop.vendor.clone(),
        product: shop.product.clone(),
        portal: shop.portal(),
        licenses: shop.licenses.clone(),
        at: crate::clock::now()?,
    })
}

/// The server's program: the one that was named, or the one beside this one.
pub(crate) fn program(named: Option<&Path>) -> Result<PathBuf> {
    let beside = || Ok::<_, std::io::Error>(std::env::current_exe()?.with_file_name("handcarry"));
    let program = named.map_or_else(beside, |named| Ok(named.to_owned()))?;
    if !program.exists() {
        bail!("{} is missing: cargo build --release -p handcarry-server", program.display());
    }
    Ok(program)
}

/// A directory for one run, on the disk where the programs are: a temporary directory may be in memory.
pub(crate) fn scratch(name: &str) -> Result<PathBuf> {
    let programs = std::env::current_exe()?;
    let target = programs.parent().and_then(Path::parent).context("a target directory")?;
    let directory = target.join("bench").join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

/// Seconds of processor time that a process has used.
struct Cpu(f64);

impl Cpu {
    /// From its line in `/proc`; zero where there is none.
    fn of(process: u32) -> Cpu {
        let line = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // After the name in parentheses: state is the first field, user and system time the 12th and 13th.
        let fields = line.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        Cpu(ticks / 100.0)
    }
}
