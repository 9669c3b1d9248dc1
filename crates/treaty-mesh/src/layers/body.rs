//! Watches the body of an answer until it ends, in whatever way it ends.
//!
//! *Holds*: the observer hears of exactly one end: trailers, a broken stream, or the
//! receiver's loss of interest.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use crate::status;

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With this gRPC status.
    Status(i32),
    /// Without one: the stream broke.
    Broken,
    /// The receiver went away first.
    Abandoned,
}

impl End {
    /// The gRPC status code that stands for the end.
    pub(crate) fn code(self) -> i32 {
        match self {
            Self::Status(code) => code,
            Self::Broken => tonic::Code::Unavailable as i32,
            Self::Abandoned => tonic::Code::Cancelled as i32,
        }
    }
}

/// Hears of an answer's end.
pub(crate) trait Observer: Send + Unpin + 'static {
    /// The answer has ended; called exactly once.
    fn on_end(&mut self, end: End);
}

/// Has an observer watch an answer.
pub(crate) fn watch<O: Observer>(response: Response<Body>, mut observer: O) -> Response<Body> {
    let (parts, body) = response.into_parts();
    if let Some(code) = status::code_in(&parts.headers) {
        observer.on_end(End::Status(code));
        return Response::from_parts(parts, body);
    }
    let watched = Watched { inner: body, observer, ended: false };
    Response::from_parts(parts, Body::new(watched))
}

/// Has an answer that breaks end with a status all the same, as trailers: UNAVAILABLE when
/// the connection was lost, or what the peer's reset means.
pub(crate) fn mend(response: Response<Body>) -> Response<Body> {
    response.map(|inner| Body::new(Mended { inner, over: false }))
}

struct Mended {
    inner: Body,
    over: bool,
}

impl http_body::Body for Mended {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
        let Some(Err(broken)) = frame else { return Poll::Ready(frame) };
        this.over = true;
        let code = match broken.code() {
            tonic::Code::Unknown => tonic::Code::Unavailable,
            code => code,
        };
        let status = Status::new(code, format!("the answer broke off: {}", broken.message()));
        Poll::Ready(Some(trailers_of(&status)))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The frame that ends an answer with a status.
pub(crate) fn trailers_of(status: &Status) -> Result<Frame<Bytes>, Status> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers)?;
    Ok(Frame::trailers(trailers))
}

struct Watched<O: Observer> {
    inner: Body,
    observer: O,
    ended: bool,
}

impl<O: Observer> Watched<O> {
    fn end(&mut self, end: End) {
        if !std::mem::replace(&mut self.ended, true) {
            self.observer.on_end(end);
        }
    }
}

impl<O: Observer> http_body::Body for Watched<O> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.end(status::code_in(trailers).map_or(End::Broken, End::Status));
                }
            }
            Some(Err(_)) | None => this.end(End::Broken),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<O: Observer> Drop for Watched<O> {
    fn drop(&mut self) {
        self.end(End::Abandoned);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    #[derive(Clone, Default)]
    struct Ends(Arc<Mutex<Vec<End>>>);

    impl Observer for Ends {
        fn on_end(&mut self, end: End) {
            self.0.lock().unwrap().push(end);
        }
    }

    fn body(frames: Vec<Result<Frame<Bytes>, Status>>) -> Response<Body> {
        Response::new(Body::new(StreamBody::new(tokio_stream::iter(frames))))
    }

    async fn end_of(frames: Vec<Result<Frame<Bytes>, Status>>) -> Vec<End> {
        let ends = Ends::default();
        let _ = watch(body(frames), ends.clone()).into_body().collect().await;
        ends.0.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn tells_trailers_from_broken_streams_once() {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", 5.into());
        let data = || Ok(Frame::data(Bytes::from_static(b"x")));
        assert_eq!(end_of(vec![data(), Ok(Frame::trailers(trailers))]).await, [End::Status(5)]);
        assert_eq!(end_of(vec![data(), Err(Status::internal("reset"))]).await, [End::Broken]);
        assert_eq!(end_of(vec![data()]).await, [End::Broken]);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_abandoned() {
        let ends = Ends::default();
        drop(watch(body(vec![]), ends.clone()));
        assert_eq!(*ends.0.lock().unwrap(), [End::Abandoned]);
    }

    #[tokio::test]
    async fn a_broken_answer_ends_with_a_status() {
        let frames = vec![Ok(Frame::data(Bytes::from_static(b"x"))), Err(Status::unknown("reset"))];
        let ended = mend(body(frames)).into_body().collect().await.unwrap();
        assert_eq!(ended.trailers().unwrap()["grpc-status"], "14");
    }

    #[tokio::test]
    async fn trailers_only_ends_at_once() {
        let ends = Ends::default();
        let mut response = body(vec![]);
        response.headers_mut().insert("grpc-status", 12.into());
        drop(watch(response, ends.clone()));
        assert_eq!(*ends.0.lock().unwrap(), [End::Status(12)]);
    }
}
