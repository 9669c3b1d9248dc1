//! The forwarder over real sockets on loopback, between h2's client and server.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod world;

use bytes::Bytes;
use http::{HeaderMap, Request};

use world::{World, collect};

fn request(path: &str) -> Request<()> {
    Request::post(format!("http://a{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap()
}

#[tokio::test]
async fn calls_go_through() {
    println!("200 calls at a time over one connection, in plaintext and over mutual TLS");
    for world in [World::plaintext().await, World::tls().await] {
        let client = world.client().await;
        let calls = (0..200_usize).map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut client = client.ready().await.unwrap();
                let (answer, mut body) = client.send_request(request("/a.B/Echo"), false).unwrap();
                let text = format!("{number} ").repeat(number);
                body.send_data(Bytes::from(text.clone()), true).unwrap();
                let (said, trailers) = collect(answer.await.unwrap()).await;
                assert_eq!(said, text.as_bytes());
                assert_eq!(trailers["grpc-status"], "0");
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
        world.end().await;
    }
}

#[tokio::test]
async fn a_long_body_flows_both_ways() {
    println!("8 MiB to an echo, read as slowly as it is sent, over mutual TLS");
    let world = World::tls().await;
    let client = world.client().await;
    let mut client = client.ready().await.unwrap();
    let (answer, mut body) = client.send_request(request("/a.B/Echo"), false).unwrap();
    let sent = tokio::spawn(async move {
        for number in 0..512_u32 {
            let piece = Bytes::from(vec![number as u8; 16 << 10]);
            body.reserve_capacity(piece.len());
            while body.capacity() < piece.len() {
                std::future::poll_fn(|cx| body.poll_capacity(cx)).await.unwrap().unwrap();
            }
            body.send_data(piece, false).unwrap();
        }
        body.send_trailers(HeaderMap::new()).unwrap();
    });
    let (said, _) = collect(answer.await.unwrap()).await;
    sent.await.unwrap();
    assert_eq!(said.len(), 8 << 20);
    let pieces = said.chunks(16 << 10).zip(0_u32..);
    assert!(pieces.into_iter().all(|(piece, number)| piece.iter().all(|b| *b == number as u8)));
    world.end().await;
}

#[tokio::test]
async fn a_stranger_is_turned_away() {
    println!("no certificate, and one of another authority");
    let world = World::tls().await;
    assert!(world.stranger(false).await.is_err());
    assert!(world.stranger(true).await.is_err());
    world.end().await;
}

#[tokio::test]
async fn draining_lets_calls_end() {
    println!("a call that is under way when the worker drains is answered, and the worker ends");
    let world = World::plaintext().await;
    let client = world.client().await;
    let mut client = client.ready().await.unwrap();
    let (answer, mut body) = client.send_request(request("/a.B/Echo"), false).unwrap();
    body.send_data(Bytes::from_static(b"before"), false).unwrap();
    let answer = answer.await.unwrap();
    world.drain();
    body.send_data(Bytes::from_static(b", after"), true).unwrap();
    let (said, trailers) = collect(answer).await;
    assert_eq!(said, b"before, after");
    assert_eq!(trailers["grpc-status"], "0");
    world.end().await;
}
