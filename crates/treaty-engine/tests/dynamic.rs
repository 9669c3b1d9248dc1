//! Messages by descriptors: bytes, JSON and text, there and back.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::sync::Arc;

use treaty_compiler::Pool;
use treaty_compiler::descriptor::File;
use treaty_compiler::wire::Fields;
use treaty_engine::dynamic::json::{self, Strictness};
use treaty_engine::dynamic::text::{self, Unknown};
use treaty_engine::dynamic::{Reading, Refused, decode, encode};
use treaty_engine::{Descriptors, Sources};

const SOURCE: &str = r#"
syntax = "proto2";
package p;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Level { LOW = 0; HIGH = 5; }
message M {
  optional int32 some_int = 1;
  optional int64 big = 2;
  optional sint64 zigzag = 3;
  optional double real = 4;
  optional string text = 5;
  optional bytes raw = 6;
  optional Level level = 7;
  repeated Level levels = 8;
  repeated uint32 packed = 9 [packed = true];
  map<bool, M> named = 10;
  optional group Inner = 11 { optional fixed32 f = 1; }
  oneof one { string left = 12; M right = 13; }
  optional google.protobuf.Any any = 14;
  optional google.protobuf.Timestamp at = 15;
  optional google.protobuf.Duration lasts = 16;
  optional google.protobuf.FieldMask mask = 17;
  optional google.protobuf.Value value = 18;
  optional google.protobuf.Int64Value wrapped = 19;
  optional google.protobuf.Struct object = 20;
  optional google.protobuf.Empty nothing = 21;
  optional Needs needs = 22;
  optional float single = 23;
  extensions 100 to 200;
}
message Needs { required int32 must = 1; }
extend M { repeated string ext = 100; }
"#;

fn pool() -> Pool {
    let sources = Sources::from([("a.proto".to_owned(), SOURCE.into())]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    let set = descriptors.encode();
    let files = Fields::new(&set).map(|file| File::decode(file.unwrap().value.bytes().unwrap()));
    Pool::new(files.map(|file| Arc::new(file.unwrap())).collect())
}

#[test]
fn json_is_printed_as_it_is_read_and_bytes_and_text_keep_it() {
    let pool = pool();
    let of = pool.message("p.M").unwrap();
    for line in [
        r#"{"someInt":-1,"big":"9007199254740993","zigzag":"-3","real":"-Infinity","text":"h\u0001"}"#,
        r#"{"raw":"+/8=","level":"HIGH","levels":["LOW","HIGH"],"packed":[1,4294967295]}"#,
        r#"{"named":{"false":{},"true":{"someInt":1}},"inner":{"f":7},"right":{"left":"x"}}"#,
        r#"{"any":{"@type":"type.googleapis.com/p.M","someInt":3},"[p.ext]":["a","b"]}"#,
        r#"{"any":{"@type":"x/google.protobuf.Duration","value":"1.500s"},"nothing":{}}"#,
        r#"{"any":{"@type":"x/google.protobuf.Empty","value":{}}}"#,
        r#"{"at":"2026-11-23T09:00:00.000000001Z","lasts":"-0.100s","mask":"aB,c.dE","wrapped":"7"}"#,
        r#"{"value":null}"#,
        r#"{"value":[1,null,"x",{"a":true}],"object":{"k":[],"l":-1.5e-9},"single":1e+21}"#,
        r#"{"real":5e-324,"single":3.4028235e+38}"#,
    ] {
        let message = json::from_str(of, line, Strictness::Strict).unwrap();
        assert_eq!(json::to_string(of, &message).unwrap(), line);
        let bytes = encode(of, &message);
        let decoded = decode(of, &bytes, Reading::default()).unwrap();
        assert_eq!(json::to_string(of, &decoded).unwrap(), json::to_string(of, &message).unwrap());
        let printed = text::print(of, &message, Unknown::Printed);
        let read = text::read(of, &printed, Strictness::Strict).unwrap();
        assert_eq!(json::to_string(of, &read).unwrap(), line, "{printed}");
    }
}

#[test]
fn json_is_read_in_all_its_forms() {
    let pool = pool();
    let of = pool.message("p.M").unwrap();
    for (given, expected) in [
        (r#"{"some_int":"12","big":12,"real":"1e3"}"#, r#"{"someInt":12,"big":"12","real":1000}"#),
        (
            r#"{"someInt":1e2,"level":5,"raw":"-_8"}"#,
            r#"{"someInt":100,"raw":"+/8=","level":"HIGH"}"#,
        ),
        (r#"{"text":null,"levels":[],"named":{}}"#, "{}"),
    ] {
        let message = json::from_str(of, given, Strictness::Strict).unwrap();
        assert_eq!(json::to_string(of, &message).unwrap(), expected);
    }
    for (given, expected) in [
        (r#"{"nope":1}"#, "`p.M` has no field `nope`"),
        (r#"{"someInt":2147483648}"#, "someInt: 2147483648 is no int32"),
        (r#"{"someInt":1.5}"#, "someInt: 1.5 is no int32"),
        (r#"{"level":"MIDDLE"}"#, "level: `p.Level` has no value `MIDDLE`"),
        (r#"{"level":4}"#, "level: `p.Level` has no number 4"),
        (r#"{"levels":[null]}"#, "levels[0]: null is no element"),
        (r#"{"left":"a","right":{}}"#, "right: another member of its oneof is set"),
        (r#"{"someInt":1,"some_int":2}"#, "some_int: the field stands twice"),
        (r#"{"named":{"maybe":{}}}"#, r#"named: "maybe" is no bool key"#),
        (
            r#"{"right":{"at":"yesterday"}}"#,
            r#"right.at: "yesterday" is no google.protobuf.Timestamp"#,
        ),
        (r#"{"any":{"value":1}}"#, "any: an Any has no `@type`"),
    ] {
        let error = json::from_str(of, given, Strictness::Strict).unwrap_err();
        assert_eq!(error.to_string(), expected, "{given}");
    }
    let lenient = json::from_str(of, r#"{"nope":1,"level":"MIDDLE"}"#, Strictness::IgnoreUnknown);
    assert_eq!(json::to_string(of, &lenient.unwrap()).unwrap(), "{}");
}

#[test]
fn the_text_format_is_read_in_all_its_forms() {
    let pool = pool();
    let of = pool.message("p.M").unwrap();
    let given = r#"
        # A comment.
        some_int: 0x10, big: -017; real: 1.5f single: inf
        text: "a" 'b\n\x41\102\u00e9'
        levels: [LOW, 5] levels: HIGH
        Inner < f: 1 >
        named { key: true value { zigzag: -9 } }
        [p.ext]: ["x"]
        any { [t.co/p.M] { some_int: 1 } }
        1000: 5  1001: "raw"  1002: 0x00000007  1003 { 1: 0x0000000000000009 }
    "#;
    let message = text::read(of, given, Strictness::Strict).unwrap();
    let printed = text::print(of, &message, Unknown::Printed);
    insta::assert_snapshot!(printed);
    assert_eq!(text::read(of, &printed, Strictness::Strict).unwrap(), message);
}

#[test]
fn bytes_are_read_as_protobuf_readers_read_them() {
    let pool = pool();
    let of = pool.message("p.M").unwrap();
    let read = |bytes: &[u8], reading| {
        decode(of, bytes, reading).map(|message| {
            let unknown = message.unknown.len();
            (json::to_string(of, &message).unwrap(), unknown)
        })
    };
    let strict = Reading::default();
    let ok = |json: &str, unknown| Ok((json.to_owned(), unknown));
    assert_eq!(read(&[0x08, 1, 0x08, 2], strict), ok(r#"{"someInt":2}"#, 0), "the last wins");
    assert_eq!(
        read(&[0x6a, 2, 0x08, 1, 0x6a, 2, 0x10, 1], strict),
        ok(r#"{"right":{"someInt":1,"big":"1"}}"#, 0),
        "messages merge"
    );
    assert_eq!(read(&[0x6a, 0, 0x62, 1, 0x78], strict), ok(r#"{"left":"x"}"#, 0), "of a oneof too");
    assert_eq!(read(&[0x48, 1, 0x4a, 2, 2, 3], strict), ok(r#"{"packed":[1,2,3]}"#, 0));
    assert_eq!(read(&[0x0d, 1, 0, 0, 0], strict), ok("{}", 5), "another wire type");
    assert_eq!(read(&[0x38, 4], strict), ok("{}", 2), "a closed enum");
    assert_eq!(read(&[0x42, 3, 0, 4, 5], strict), ok(r#"{"levels":["LOW","HIGH"]}"#, 2));
    let open = Reading { keeps_closed: true, ..strict };
    assert_eq!(read(&[0x38, 4], open), ok(r#"{"level":4}"#, 0));
    assert_eq!(read(&[0xb2, 1, 0], strict), Err(Refused::Missing("needs.must".to_owned())));
    assert!(read(&[0xb2, 1, 0], Reading { partial: true, ..strict }).is_ok());
    assert!(matches!(read(&[0x08], strict), Err(Refused::Malformed(_))));
    let deep = (0..120).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut outer = Vec::new();
        treaty_compiler::wire::put_bytes(&mut outer, 13, &inner);
        outer
    });
    assert_eq!(read(&deep, strict), Err(Refused::TooDeep));
}

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

#[test]
fn no_bytes_and_no_text_panic() {
    let pool = pool();
    let of = pool.message("p.M").unwrap();
    let mut random = Random(7);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let length = random.next() % 24;
        let tags =
            [0x08_u8, 0x20, 0x2a, 0x42, 0x4a, 0x52, 0x5b, 0x5c, 0x62, 0x6a, 0x72, 0x7a, 0x92];
        let bytes: Vec<u8> = (0..length)
            .map(|_| match random.next() % 3 {
                0 => tags[(random.next() % 13) as usize],
                1 => (random.next() % 8) as u8,
                _ => random.next() as u8,
            })
            .collect();
        match decode(of, &bytes, Reading { partial: true, ..Reading::default() }) {
            Ok(message) => {
                read += 1;
                let again = decode(
                    of,
                    &encode(of, &message),
                    Reading { partial: true, ..Reading::default() },
                );
                assert_eq!(format!("{:?}", again.unwrap()), format!("{message:?}"), "{bytes:x?}");
                _ = json::to_string(of, &message);
                let printed = text::print(of, &message, Unknown::Printed);
                text::read(of, &printed, Strictness::Strict).unwrap_or_else(|error| {
                    panic!("{bytes:x?}: {error}\n{printed}");
                });
            }
            Err(_) => refused += 1,
        }
        let letters = b"{}[]<>:,\"'\\x0a1 .-/#p.Mtextinner\n";
        let text: Vec<u8> =
            (0..length).map(|_| letters[random.next() as usize % letters.len()]).collect();
        let text = String::from_utf8(text).unwrap();
        _ = text::read(of, &text, Strictness::IgnoreUnknown);
        _ = json::from_str(of, &text, Strictness::Strict);
    }
    println!("{read} read, {refused} refused");
    assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
}
