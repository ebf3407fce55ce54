//! The command line of the program `tsuji`: arguments only.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tsuji::daemon::{self, message};
use tsuji::language::raise::{Pair, Pairing};
use tsuji::run::log::Log;
use tsuji::tool::check::{self, CheckOptions};
use tsuji::tool::translate::{self, TranslateOptions};
use tsuji::types::Dialect;
use tsuji::{lab, shell};

/// A router command line for Linux. Without a command: the console.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Run these lines in one session, up to the first that is refused.
    #[arg(short = 'c', value_name = "LINE", num_args = 1..)]
    lines: Vec<String>,
    /// Speak this command line, whichever the configuration is written in.
    #[arg(long)]
    dialect: Option<Dialect>,
    /// Where the daemon's socket is.
    #[arg(long, value_name = "DIR", default_value_os_t = message::default_directory())]
    directory: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Own the running configuration and serve consoles.
    Daemon(daemon::Options),
    /// Take everything of ours out of Linux: filters, addresses, routes, rules, bridges.
    Down(daemon::down::Options),
    /// Say of every line of a configuration what would become of it.
    Check {
        /// Whose words the files are written in.
        #[arg(long, default_value = "auto", value_parser = ["ix", "rtx", "auto"])]
        dialect: String,
        /// One JSON object a file.
        #[arg(long)]
        json: bool,
        /// Configurations; - is standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
    },
    /// Say in the words of one command line what a configuration says in those of the other.
    Translate {
        /// The command line to translate to.
        #[arg(long, value_name = "DIALECT")]
        to: Dialect,
        /// Pair these ports; without, GigaEthernet1 is lan1 and GigaEthernet0 lan2.
        #[arg(long = "map", value_name = "lan1=GigaEthernet1")]
        pairs: Vec<Pair>,
        /// The configuration; - is standard input.
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Build a small internet in namespaces, with a router in it.
    Lab(lab::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            // Nobody reads standard error any more: then the exit status says it alone.
            let _ = writeln!(io::stderr(), "tsuji: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Arguments { lines, dialect, directory, command } = arguments;
    let all_well = match command {
        Some(Command::Daemon(options)) => return serve(options),
        Some(Command::Down(options)) => return down(&options),
        Some(Command::Check { dialect, json, files }) => {
            let options = CheckOptions { files, dialect: dialect.parse().ok(), json };
            check::run(&options, &mut io::stdout().lock())?
        }
        Some(Command::Translate { to, pairs, file }) => {
            let options = TranslateOptions { file, to, pairing: Pairing::new(&pairs, to)? };
            translate::run(&options, &mut io::stdout().lock(), &mut io::stderr().lock())?
        }
        Some(Command::Lab(options)) => return Ok(lab::run(&options, &mut io::stdout())?),
        None if lines.is_empty() => shell::console(&directory, dialect)?,
        None => shell::lines(&directory, dialect, &lines, &mut io::stdout().lock())?,
    };
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn down(options: &daemon::down::Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let plan = runtime.block_on(daemon::down::down(options))?;
    write!(io::stdout().lock(), "{plan}")?;
    writeln!(io::stdout().lock(), "{} steps: nothing of tsuji is left in Linux", plan.steps.len())?;
    Ok(ExitCode::SUCCESS)
}

fn serve(options: daemon::Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let log = Log::default();
    tracing_subscriber::registry().with(log.layer().echoing(io::stderr())).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(daemon::serve(options, log))?;
    Ok(ExitCode::SUCCESS)
}
