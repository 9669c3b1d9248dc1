//! Does the same work for many items on a few threads. — *Holds*: answers stand in the order of the
//! items, whatever thread gave them; one thread is the caller's own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many items a thread takes at once.
const PORTION: usize = 16;

/// `work` of every index below `count`.
pub(crate) fn map<T: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    if threads < 2 || count <= PORTION {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count.div_ceil(PORTION)));
    let run = || {
        loop {
            let start = next.fetch_add(PORTION, Ordering::Relaxed);
            if start >= count {
                return;
            }
            let portion: Vec<T> = (start..count.min(start + PORTION)).map(&work).collect();
            done.lock().expect("a worker's panic ends the scope").push((start, portion));
        }
    };
    std::thread::scope(|scope| {
        (1..threads.min(count.div_ceil(PORTION))).for_each(|_| {
            scope.spawn(run);
        });
        run();
    });
    let mut done = done.into_inner().expect("all workers have ended");
    done.sort_unstable_by_key(|&(start, _)| start);
    done.into_iter().flat_map(|(_, portion)| portion).collect()
}

/// `work` of every item, in place.
pub(crate) fn update<T: Send, U: Send>(
    threads: usize,
    items: &mut [T],
    with: Vec<U>,
    work: impl Fn(&mut T, U) + Sync,
) {
    let jobs = Mutex::new(items.iter_mut().zip(with));
    let run = || {
        loop {
            let portion: Vec<_> = {
                let mut jobs = jobs.lock().expect("a worker's panic ends the scope");
                jobs.by_ref().take(PORTION).collect()
            };
            if portion.is_empty() {
                return;
            }
            portion.into_iter().for_each(|(item, with)| work(item, with));
        }
    };
    std::thread::scope(|scope| {
        (1..threads).for_each(|_| {
            scope.spawn(run);
        });
        run();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let squares = map(threads, 1000, |index| index * index);
            assert!(squares.iter().enumerate().all(|(index, &square)| square == index * index));
            let mut items: Vec<usize> = (0..100).collect();
            update(threads, &mut items, (0..100).collect(), |item, with: usize| *item += with);
            assert_eq!(items, (0..100).map(|index| 2 * index).collect::<Vec<_>>());
        }
    }
}
