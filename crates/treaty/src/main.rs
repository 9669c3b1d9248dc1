//! The command line: one program for the gate, the mesh on one machine, and its roles.

mod gate;
mod role;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Descriptors are many small pieces, made and dropped on all threads: this takes a third less CPU
/// for them than the C library's own. Without huge pages it takes a tenth less memory, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A gRPC service mesh that knows its contracts.
///
/// Checks that no change of a protobuf contract breaks an earlier version of it, and runs
/// services in a mesh with mutual TLS, authorization, one gateway and a durable event bus.
#[derive(Parser)]
#[command(
    name = "treaty",
    version,
    after_help = "Examples:\n  \
        treaty check                          every contract against all its released versions\n  \
        treaty breaking --against '.git#branch=main'\n  \
        treaty release shop.orders            write the next version of a contract\n  \
        treaty up                             run the mesh of services/mesh.yaml\n\n\
        Exit codes: 0 clean, 100 findings, 1 could not run, 2 wrong usage; as buf, breaking, lint,\n\
        build, generate and config end with 1 for wrong usage."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compare every contract of the workspace with all its released versions
    Check(gate::CheckArgs),
    /// Compare protos with an earlier state of them
    Breaking(gate::BreakingArgs),
    /// Check protos against the rules of style and structure
    Lint(gate::LintArgs),
    /// Compile protos into an image
    Build(gate::BuildArgs),
    /// Show what differs between two versions of some protos
    Diff(gate::DiffArgs),
    /// Explain a rule, or what two versions read in the same bytes
    Explain(gate::ExplainArgs),
    /// List the rules of buf's configuration
    Config(gate::ConfigArgs),
    /// Generate code with protoc plugins
    Generate(gate::GenerateArgs),
    /// Write the next version of a contract
    Release(gate::ReleaseArgs),
    /// Run a mesh on this machine: control, bus, gateway and services
    Up(up::Args),
    /// Run the control plane alone
    Control(role::ControlArgs),
    /// Run the event bus alone
    Bus(role::BusArgs),
    /// Run the gateway alone
    Gateway(role::GatewayArgs),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    match cli.command {
        Command::Check(args) => gate::exit(gate::check(&args)),
        Command::Breaking(args) => gate::exit(gate::breaking(&args)),
        Command::Lint(args) => gate::exit(gate::lint(&args)),
        Command::Build(args) => gate::exit(gate::build(&args)),
        Command::Diff(args) => gate::exit(gate::diff(&args)),
        Command::Explain(args) => gate::exit(gate::explain(&args)),
        Command::Config(args) => gate::exit(gate::config(&args)),
        Command::Generate(args) => gate::exit(gate::generate(&args)),
        Command::Release(args) => gate::exit(gate::release(&args)),
        Command::Up(args) => run(up::up(args)),
        Command::Control(args) => run(role::control(args)),
        Command::Bus(args) => run(role::bus(args)),
        Command::Gateway(args) => run(role::gateway(args)),
    }
}

/// Says what is wrong with the arguments, or helps; commands in the place of buf's end as buf does.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    _ = error.print();
    let command = std::env::args().nth(1).unwrap_or_default();
    match error.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if gate::AS_BUF.contains(&command.as_str()) => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}

/// Runs what needs a runtime, and tells in one line why it failed.
fn run(command: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let outcome = runtime.block_on(command);
        // A blocked read of standard input must not keep the program alive.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "a command line speaks on standard error")]
fn tell_error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
