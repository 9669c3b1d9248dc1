//! How other threads reach a worker: they send it work, and wake it.
//!
//! *Holds*: work is done between turns, in the order in which one sender sent it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};

use mio::{Poll, Token, Waker};

use super::Worker;

type Task<D> = Box<dyn FnOnce(&mut Worker<D>) + Send>;

/// Reaches a worker; when the last one is gone, the worker ends.
pub struct Remote<D> {
    tasks: Sender<Task<D>>,
    waker: Arc<Waker>,
}

impl<D> Clone for Remote<D> {
    fn clone(&self) -> Self {
        Self { tasks: self.tasks.clone(), waker: Arc::clone(&self.waker) }
    }
}

impl<D> Remote<D> {
    /// Has the worker do something between two turns. Nothing happens when it has ended.
    pub fn run(&self, task: impl FnOnce(&mut Worker<D>) + Send + 'static) {
        if self.tasks.send(Box::new(task)).is_ok() {
            self.wake();
        }
    }

    fn wake(&self) {
        // It fails only when the worker's poll is gone, and then there is nobody to wake.
        let _ = self.waker.wake();
    }
}

impl<D> Drop for Remote<D> {
    fn drop(&mut self) {
        self.wake();
    }
}

pub(super) struct Inbox<D> {
    tasks: Receiver<Task<D>>,
    is_abandoned: bool,
}

impl<D> Inbox<D> {
    pub(super) fn take(&mut self) -> Vec<Task<D>> {
        let mut tasks = Vec::new();
        loop {
            match self.tasks.try_recv() {
                Ok(task) => tasks.push(task),
                Err(TryRecvError::Empty) => return tasks,
                Err(TryRecvError::Disconnected) => {
                    self.is_abandoned = true;
                    return tasks;
                }
            }
        }
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.is_abandoned
    }
}

pub(super) fn channel<D>(poll: &Poll, token: Token) -> io::Result<(Inbox<D>, Remote<D>)> {
    let waker = Arc::new(Waker::new(poll.registry(), token)?);
    let (sender, receiver) = mpsc::channel();
    Ok((Inbox { tasks: receiver, is_abandoned: false }, Remote { tasks: sender, waker }))
}
