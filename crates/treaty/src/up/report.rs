//! Tells what becomes ready, and then how to call it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::console::Console;
use super::folder::Folder;
use super::plan::Plan;
use super::readiness::Readiness;

/// When not everything is ready by then, say so.
const SLOW: Duration = Duration::from_secs(20);

/// Tells what becomes ready, then goes on for ever.
pub(super) async fn watch(
    plan: &Plan,
    folder: &Folder,
    control: SocketAddr,
    console: &Console,
    names: &[String],
    started: Instant,
) -> anyhow::Result<()> {
    let operator = plan.id("operator")?;
    let readiness =
        Readiness::join(operator, control.to_string(), folder.ca(), folder.token("operator"))
            .await?;
    console.ready("control", &control.to_string(), started.elapsed());
    let mut waiting: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| *name != "control").collect();
    let mut seen = 0;
    while !waiting.is_empty() {
        let ready = readiness.ready();
        waiting.retain(|name| match ready.get(*name) {
            Some(endpoint) => {
                let detail = match (*name, plan.gateway.plaintext) {
                    ("gateway", Some(plaintext)) => {
                        format!("{} TLS, {plaintext} plaintext", endpoint.address)
                    }
                    _ => format!("{}, http://{}/metrics", endpoint.address, endpoint.admin_address),
                };
                console.ready(name, &detail, started.elapsed());
                false
            }
            None => true,
        });
        if waiting.is_empty() {
            break;
        }
        if tokio::time::timeout(SLOW, readiness.changed(&mut seen)).await.is_err() {
            let logs = folder.root().join("logs");
            let waiting = waiting.join(", ");
            console.say(&format!(
                "  still waiting for {waiting}; their logs are in {}",
                logs.display()
            ));
        }
    }
    tell_how_to_call(plan, folder, console, started);
    std::future::pending().await
}

fn tell_how_to_call(plan: &Plan, folder: &Folder, console: &Console, started: Instant) {
    console.say(&format!("\nready in {:.1} s. Call it:\n", started.elapsed().as_secs_f64()));
    let ca = shorten(&folder.ca());
    for example in &plan.examples {
        let example =
            example.replace("{tls}", &plan.gateway.tls.to_string()).replace("{ca}", &ca).replace(
                "{plaintext}",
                &plan.gateway.plaintext.map(|a| a.to_string()).unwrap_or_default(),
            );
        console.say(&format!("  {example}"));
    }
    let logs = shorten(&folder.root().join("logs"));
    console.say(&format!("\nCtrl-C ends everything. Logs are in {logs}.\n"));
}

/// Relative to the current folder, where that is shorter to type.
fn shorten(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
