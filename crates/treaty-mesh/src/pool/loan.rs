//! Lends a request's body to a connection, and takes it back when the server saw nothing of
//! the call.
//!
//! A server that drains names the last call that it will answer; a call that crossed that
//! word on its way is failed by the connection, unseen by the service, and goes to another
//! endpoint as it was. — *Holds*: at most [`MAX_KEPT`] bytes are kept, until the answer
//! begins. — *Source*: gRFC A6, transparent retries; RFC 9113, section 6.8.

use std::collections::VecDeque;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

/// A call whose messages are longer than this is not sent again once they have begun.
const MAX_KEPT: usize = 64 << 10;

/// What the lender keeps.
pub(super) struct Loan(Arc<Mutex<Loaned>>);

/// What the connection gets.
struct Lent(Arc<Mutex<Loaned>>);

struct Loaned {
    /// The rest of the body; `None` when it was taken back.
    rest: Option<Body>,
    /// What the connection has read; `None` when it was too much, or is not needed any more.
    kept: Option<Vec<Kept>>,
    kept_bytes: usize,
    ended: bool,
}

enum Kept {
    Data(Bytes),
    Trailers(HeaderMap),
}

/// Lends a body.
pub(super) fn lend(body: Body) -> (Body, Loan) {
    let loaned = Arc::new(Mutex::new(Loaned {
        rest: Some(body),
        kept: Some(Vec::new()),
        kept_bytes: 0,
        ended: false,
    }));
    (Body::new(Lent(Arc::clone(&loaned))), Loan(loaned))
}

impl Loan {
    /// The answer has begun: nothing needs to be kept.
    pub(super) fn forgive(self) {
        lock(&self.0).kept = None;
    }

    /// The body, whole, if the call never left or if the failure says that the service saw
    /// nothing of it.
    pub(super) fn take_back(self, left: bool, failure: &(dyn Error + 'static)) -> Option<Body> {
        if left && !was_unseen(failure) {
            return None;
        }
        let mut loaned = lock(&self.0);
        let kept = loaned.kept.take()?;
        let rest = loaned.rest.take()?;
        let rest = if loaned.ended { Body::empty() } else { rest };
        Some(Body::new(Again { kept: kept.into(), rest }))
    }
}

/// Whether a connection failed a call that its server never began: the call came after the
/// last that the server's GOAWAY names, or the server refused its stream.
fn was_unseen(failure: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(failure);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let reason = error.reason();
            return error.is_remote()
                && (error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)
                    || error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM));
        }
        cause = error.source();
    }
    false
}

fn lock(loaned: &Mutex<Loaned>) -> MutexGuard<'_, Loaned> {
    loaned.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Loaned {
    fn keep(&mut self, frame: &Frame<Bytes>) {
        let Some(kept) = &mut self.kept else { return };
        if let Some(data) = frame.data_ref() {
            self.kept_bytes += data.len();
            kept.push(Kept::Data(data.clone()));
        } else if let Some(trailers) = frame.trailers_ref() {
            kept.push(Kept::Trailers(trailers.clone()));
        }
        if self.kept_bytes > MAX_KEPT {
            self.kept = None;
        }
    }
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut loaned = lock(&self.0);
        let Some(body) = &mut loaned.rest else {
            return Poll::Ready(Some(Err(Status::cancelled("the call went elsewhere"))));
        };
        let frame = std::task::ready!(Pin::new(body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => loaned.keep(frame),
            Some(Err(_)) => loaned.kept = None,
            None => loaned.ended = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.0).rest.as_ref().is_some_and(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.0).rest.as_ref().map(http_body::Body::size_hint).unwrap_or_default()
    }
}

/// A body that was taken back: what was read before, then the rest.
struct Again {
    kept: VecDeque<Kept>,
    rest: Body,
}

impl http_body::Body for Again {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        match this.kept.pop_front() {
            Some(Kept::Data(data)) => Poll::Ready(Some(Ok(Frame::data(data)))),
            Some(Kept::Trailers(trailers)) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            None => Pin::new(&mut this.rest).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.kept.is_empty() && self.rest.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    fn lost() -> std::io::Error {
        std::io::Error::other("reset by peer")
    }

    #[tokio::test]
    async fn a_call_that_never_left_comes_back_whole() {
        let (lent, loan) = lend(Body::new(Full::from("whole")));
        let back = loan.take_back(false, &lost()).unwrap();
        assert_eq!(back.collect().await.unwrap().to_bytes(), "whole");
        let gone = lent.collect().await.unwrap_err();
        assert_eq!(gone.code(), tonic::Code::Cancelled);
    }

    #[tokio::test]
    async fn a_call_that_left_comes_back_only_from_a_server_that_saw_nothing() {
        let (_lent, loan) = lend(Body::new(Full::from("unread")));
        assert!(loan.take_back(true, &lost()).is_none(), "a handler may have begun");
        let (_lent, loan) = lend(Body::new(Full::from("unread")));
        let ours = h2::Error::from(h2::Reason::REFUSED_STREAM);
        assert!(loan.take_back(true, &ours).is_none(), "our own error says nothing of the server");
    }

    #[tokio::test]
    async fn what_was_read_is_replayed_before_the_rest() {
        let (mut lent, loan) = lend(Body::new(Full::from("read")));
        lent.frame().await.unwrap().unwrap();
        let back = loan.take_back(false, &lost()).unwrap();
        assert_eq!(back.collect().await.unwrap().to_bytes(), "read");
    }

    #[tokio::test]
    async fn a_long_body_is_not_kept() {
        let (mut lent, loan) = lend(Body::new(Full::from(vec![0; MAX_KEPT + 1])));
        lent.frame().await.unwrap().unwrap();
        assert!(lock(&loan.0).kept.is_none());
    }
}
