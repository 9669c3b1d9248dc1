//! Asks all plugins, several at a time. — *Holds*: when one fails or somebody presses Ctrl-C, those
//! that still run are killed; which failure is told does not depend on which came first.

use std::num::NonZero;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use treaty_engine::Types;

use super::image::Image;
use super::plugin::Found;
use super::request::{Included, Question, Requests};
use super::response::Answer;
use super::tell;
use super::template::{Plugin, Strategy};

/// `--include-imports` and `--include-wkt`, where they are given.
pub(super) type Overrides = (Option<bool>, Option<bool>);

/// The answers of all plugins, in their order.
pub(super) fn run(
    image: &Image,
    plugins: &[Plugin],
    overrides: Overrides,
) -> anyhow::Result<Vec<Answer>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut jobs = JoinSet::new();
        let outcome = tokio::select! {
            outcome = all(image, plugins, overrides, &mut jobs) => outcome,
            () = told(&mut interrupt) => Err(anyhow::anyhow!("interrupted; nothing was written")),
            () = told(&mut terminate) => Err(anyhow::anyhow!("terminated; nothing was written")),
        };
        jobs.shutdown().await;
        outcome
    })
}

async fn told(signal: &mut Signal) {
    signal.recv().await;
}

/// One request to one plugin.
struct Job {
    plugin: usize,
    name: String,
    parameter: String,
    found: Found,
    requests: Arc<Requests>,
    question: Question,
}

/// What came of a job.
struct Done {
    index: usize,
    answer: anyhow::Result<Answer>,
    said: Vec<u8>,
}

async fn all(
    image: &Image,
    plugins: &[Plugin],
    overrides: Overrides,
    running: &mut JoinSet<Done>,
) -> anyhow::Result<Vec<Answer>> {
    let jobs = jobs(image, plugins, overrides).await?;
    let owners: Vec<usize> = jobs.iter().map(|job| job.plugin).collect();
    let at_once = std::thread::available_parallelism().map_or(1, NonZero::get);
    let places = Arc::new(Semaphore::new(at_once));
    let mut handles = Vec::new();
    for (index, job) in jobs.into_iter().enumerate() {
        let places = Arc::clone(&places);
        handles.push(running.spawn(async move {
            // Places are given in the order of jobs.
            let _place = places.acquire_owned().await;
            let asked = job.found.ask(&job.name, &job.requests, &job.question, &job.parameter);
            let (answer, said) = asked.await;
            Done { index, answer, said }
        }));
    }
    let mut done: Vec<Option<Done>> = owners.iter().map(|_| None).collect();
    while let Some(ended) = running.join_next().await {
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) if error.is_cancelled() => continue,
            Err(error) => return Err(error).context("a plugin could not be run"),
        };
        if ended.answer.is_err() {
            // Those before it may fail too, and then are the ones to tell of.
            handles.iter().skip(ended.index + 1).for_each(tokio::task::AbortHandle::abort);
        }
        let index = ended.index;
        done[index] = Some(ended);
    }
    let mut answers: Vec<Vec<Answer>> = plugins.iter().map(|_| Vec::new()).collect();
    for (done, owner) in done.into_iter().zip(owners) {
        let name = &plugins[owner].name;
        let Some(done) = done else { bail!("plugin {name} was not run to its end") };
        tell::said(name, &done.said);
        answers[owner].push(done.answer.with_context(|| format!("plugin {name}"))?);
    }
    let merged = plugins.iter().zip(answers).map(|(plugin, answers)| {
        Answer::merge(&plugin.name, answers).with_context(|| format!("plugin {}", plugin.name))
    });
    merged.collect()
}

/// What is to be asked, plugin by plugin and folder by folder.
async fn jobs(
    image: &Image,
    plugins: &[Plugin],
    (include_imports, include_wkt): Overrides,
) -> anyhow::Result<Vec<Job>> {
    // Plugins that want the same files share them.
    let mut prepared: Vec<((Types, Strategy, Included), Arc<Requests>)> = Vec::new();
    let mut jobs = Vec::new();
    for (index, plugin) in plugins.iter().enumerate() {
        let named = || format!("plugin {}", plugin.name);
        let found = Found::find(&plugin.way).await.with_context(named)?;
        let types = Types { include: plugin.types.clone(), exclude: plugin.exclude_types.clone() };
        let included = Included {
            imports: include_imports.unwrap_or(plugin.include_imports),
            well_known: include_wkt.unwrap_or(plugin.include_wkt),
        };
        let key = (types, plugin.strategy, included);
        let requests = match prepared.iter().find(|(known, _)| *known == key) {
            Some((_, requests)) => Arc::clone(requests),
            None => {
                let image = image.only(&key.0).with_context(named)?;
                let requests = Arc::new(Requests::of(&image, plugin.strategy, included));
                prepared.push((key, Arc::clone(&requests)));
                requests
            }
        };
        jobs.extend(requests.questions.iter().map(|question| Job {
            plugin: index,
            name: plugin.name.clone(),
            parameter: plugin.parameter.clone(),
            found: found.clone(),
            requests: Arc::clone(&requests),
            question: question.clone(),
        }));
    }
    Ok(jobs)
}
