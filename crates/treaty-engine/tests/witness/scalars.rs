//! The exhaustive table: every kind written against every kind read, in every shape.
//!
//! A cell is what happens to bytes, then to JSON: `.` kept, `i` ignored (a number without a name),
//! `x` misread. Rows write, columns read.

use std::fmt::Write as _;

use treaty_compiler::descriptor::Kind;
use treaty_engine::Effect;
use treaty_engine::witness::table::{Holds, Shape, effect};
use treaty_engine::witness::{Form, Side};

fn cell(writer: (Holds, Shape), reader: (Holds, Shape), side: Side) -> String {
    let letter = |form| match effect(writer, reader, side, form) {
        Effect::Kept => '.',
        Effect::Ignored => 'i',
        Effect::Misread => 'x',
    };
    String::from_iter([letter(Form::Binary), letter(Form::Json)])
}

#[test]
fn kinds_by_kinds() {
    for shape in Shape::ALL {
        let mut table = format!("{:>9}", "");
        Holds::all().for_each(|reader| write!(table, " {reader:8}").unwrap());
        for writer in Holds::all() {
            write!(table, "\n{writer:>9}").unwrap();
            for reader in Holds::all() {
                let cell = cell((writer, shape), (reader, shape), Side::Old);
                write!(table, " {cell:8}").unwrap();
            }
        }
        let lines: Vec<_> = table.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(format!("kinds_{shape}"), lines.join("\n"));
    }
}

#[test]
fn shapes_by_shapes() {
    let kinds = [Kind::Int32, Kind::String, Kind::Message, Kind::Enum].map(Holds::Kind);
    let mut table = String::new();
    for holds in kinds.into_iter().chain([Holds::ClosedEnum]) {
        for side in [Side::Old, Side::New] {
            write!(table, "{holds}, the {side} version writes\n{:>9}", "").unwrap();
            Shape::ALL.iter().for_each(|reader| write!(table, " {reader:8}").unwrap());
            for writer in Shape::ALL {
                write!(table, "\n{writer:>9}").unwrap();
                for reader in Shape::ALL {
                    write!(table, " {:8}", cell((holds, writer), (holds, reader), side)).unwrap();
                }
            }
            table.push_str("\n\n");
        }
    }
    let lines: Vec<_> = table.trim_end().lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_kind_reads_itself() {
    for holds in Holds::all() {
        for shape in Shape::ALL {
            for side in [Side::Old, Side::New] {
                assert_eq!(cell((holds, shape), (holds, shape), side), "..", "{holds} {shape}");
            }
        }
    }
}
