//! The command line: `treaty check`, `breaking`, `release`.

mod gate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A gRPC service mesh that knows its contracts
#[derive(Debug, Parser)]
#[command(name = "treaty", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(gate::CheckArgs),
    Breaking(gate::BreakingArgs),
    Release(gate::ReleaseArgs),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(args) => gate::exit(gate::check(&args)),
        Command::Breaking(args) => gate::exit(gate::breaking(&args)),
        Command::Release(args) => gate::exit(gate::release(&args)),
    }
}
