//! The project's own commands: `cargo xtask run`, `cargo xtask test` and what they are made of.
#![expect(clippy::print_stdout, reason = "a command-line program that tells what it does")]

mod api;
mod bench;
mod bench_browser;
mod bundle;
mod demo;
mod deny;
mod files;
mod finish;
mod fuzz;
mod generate;
mod http;
mod imports;
mod mutants;
mod paths;
mod portal;
mod postgres;
mod process;
mod rules;
mod run;
mod shares;
mod size;
mod soak;
mod spoil;
mod step;
mod test;
mod threats;
mod tools;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    match dispatch(&arguments().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nFAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("cargo xtask")
        .about("Handcarry's project commands. The first two are the ones to know.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("run")
                .about("Set up what is missing, build, and start the portal with a demo tenant")
                .arg(
                    Arg::new("listen")
                        .long("listen")
                        .default_value("127.0.0.1:8080")
                        .help("Address to listen on"),
                )
                .arg(flag("fresh", "Throw the demo tenant and its sample files away first")),
        )
        .subcommand(
            Command::new("test")
                .about("Set up what is missing, and run every check in order; the first failure stops")
                .arg(flag("list", "Name the steps and run none"))
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("STEP")
                        .action(ArgAction::Append)
                        .help("Run only this step (may be given more than once)"),
                ),
        )
        .subcommand(
            Command::new("portal")
                .about("Build the portal's page into target/portal")
                .arg(flag("force", "Build even when nothing has changed")),
        )
        .subcommand(
            Command::new("size").about("Weigh the first load of the page and hold it to its budget").arg(
                Arg::new("top")
                    .long("top")
                    .value_name("N")
                    .value_parser(clap::value_parser!(usize))
                    .default_value("0")
                    .help("Name the N largest functions of the wasm"),
            ),
        )
        .subcommand(
            Command::new("generate")
                .about("Write every generated file anew")
                .arg(flag("check", "Fail if that changes a file")),
        )
        .subcommand(Command::new("rules").about("Print the table of license rules and their tests"))
        .subcommand(Command::new("threats").about("Print the table of threats and their tests"))
        .subcommand(
            Command::new("mutants")
                .about("Change the license rules one small thing at a time, and see that a test notices")
                .arg(
                    Arg::new("file")
                        .long("file")
                        .value_name("GLOB")
                        .action(ArgAction::Append)
                        .help("Only these files of crates/rules (default: all)"),
                )
                .arg(
                    Arg::new("shard")
                        .long("shard")
                        .value_name("K/N")
                        .help("Only every N-th change, from the K-th"),
                ),
        )
        .subcommand(
            Command::new("fuzz")
                .about("Fuzz armor, envelopes, documents, JSON, words, API bodies, themes and sequences of decisions")
                .arg(
                    Arg::new("seconds")
                        .long("seconds")
                        .value_name("N")
                        .value_parser(clap::value_parser!(u32).range(1..))
                        .default_value("60")
                        .help("How long each target runs"),
                )
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("TARGET")
                        .action(ArgAction::Append)
                        .help("Only this target (may be given more than once)"),
                ),
        )
        .subcommand(
            Command::new("bench")
                .about("Measure speed and size, each figure beside a limit or a peer of the same run")
                .arg(flag("quick", "Shorter, rougher, and not kept"))
                .arg(flag("table", "Measure nothing; print the table of what is kept"))
                .arg(flag("taken", "Measure nothing; keep what parts that ran by themselves left in target/bench"))
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("PART")
                        .action(ArgAction::Append)
                        .value_parser(bench::PARTS)
                        .help("Only this part (may be given more than once)"),
                ),
        )
        .subcommand(
            Command::new("bench-browser")
                .about("Measure in Chromium what `cargo xtask bench` takes from there")
                .arg(Arg::new("part").default_value("browser").value_parser(["browser", "page"]))
                .arg(flag("quick", "Fewer files and shorter spans: rough figures")),
        )
        .subcommand(
            Command::new("soak")
                .about("Load real servers, and kill, stop, fill and slow down whatever they need: nothing is lost or doubled")
                .arg(
                    Arg::new("seconds")
                        .long("seconds")
                        .value_name("N")
                        .value_parser(clap::value_parser!(u64).range(1..))
                        .default_value("600")
                        .help("How long the load runs"),
                )
                .arg(
                    Arg::new("engine")
                        .long("engine")
                        .value_parser(["sqlite", "postgres", "both"])
                        .default_value("both")
                        .help("On which engine; both share the time"),
                )
                .arg(
                    Arg::new("seed")
                        .long("seed")
                        .value_name("S")
                        .value_parser(clap::value_parser!(u64))
                        .help("The order of the faults, of an earlier run"),
                ),
        )
        .subcommand(
            Command::new("large")
                .about("Bring a real server a report of a million uses, and several of the largest files at once")
                .arg(
                    Arg::new("engine")
                        .long("engine")
                        .value_parser(["sqlite", "postgres", "both"])
                        .default_value("both")
                        .help("On which engine"),
                ),
        )
        .subcommand(Command::new("tools").about("Install the pinned build and test tools under target/tools"))
        .subcommand(Command::new("deny").about("Check licenses and bans of the dependencies with cargo-deny"))
}

fn dispatch(matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("run", given)) => {
            let listen = given.get_one::<String>("listen").map_or("127.0.0.1:8080", String::as_str);
            run::run(listen, given.get_flag("fresh"))
        }
        Some(("test", given)) if given.get_flag("list") => {
            test::list();
            Ok(())
        }
        Some(("test", given)) => {
            let only: Vec<&str> =
                given.get_many::<String>("only").into_iter().flatten().map(String::as_str).collect();
            test::run(&only)
        }
        Some(("portal", given)) => {
            step::step("tools", || tools::ensure(&tools::PORTAL))?;
            step::step("portal", || portal::build(given.get_flag("force")))
        }
        Some(("size", given)) => {
            let top = given.get_one("top").copied().unwrap_or_default();
            step::step("tools", || tools::ensure(&tools::PORTAL))?;
            step::step("portal", || portal::build(false))?;
            step::step("size", || size::check(top))
        }
        Some(("generate", given)) => generate::run(given.get_flag("check")),
        Some(("rules", _)) => {
            print!("{}", rules::table()?);
            Ok(())
        }
        Some(("threats", _)) => {
            print!("{}", threats::table()?);
            Ok(())
        }
        Some(("mutants", given)) => {
            let files: Vec<&str> =
                given.get_many::<String>("file").into_iter().flatten().map(String::as_str).collect();
            let shard = given.get_one::<String>("shard").map(String::as_str);
            step::step("mutants", || mutants::run(&files, shard))
        }
        Some(("fuzz", given)) => {
            let only: Vec<&str> =
                given.get_many::<String>("only").into_iter().flatten().map(String::as_str).collect();
            fuzz::run(&only, *given.get_one::<u32>("seconds").unwrap_or(&60))
        }
        Some(("bench", given)) if given.get_flag("table") => {
            print!("{}", bench::kept_table()?);
            Ok(())
        }
        Some(("bench", given)) => {
            let only: Vec<&str> =
                given.get_many::<String>("only").into_iter().flatten().map(String::as_str).collect();
            bench::run(&only, given.get_flag("quick"), given.get_flag("taken"))
        }
        Some(("bench-browser", given)) => {
            let part = given.get_one::<String>("part").map_or("browser", String::as_str);
            step::step("bench", || bench_browser::run(part, given.get_flag("quick")))
        }
        Some(("soak", given)) => {
            let engine = given.get_one::<String>("engine").map_or("both", String::as_str);
            let seconds = given.get_one("seconds").copied().unwrap_or(soak::SHORT);
            step::step("soak", || soak::run(seconds, engine, given.get_one("seed").copied()))
        }
        Some(("large", given)) => {
            let engine = given.get_one::<String>("engine").map_or("both", String::as_str);
            step::step("large", || soak::large(engine))
        }
        Some(("tools", _)) => step::step("tools", || tools::ensure(&tools::ALL)),
        Some(("deny", _)) => step::step("deny", deny::run),
        _ => unreachable!("clap requires one of the subcommands above"),
    }
}
