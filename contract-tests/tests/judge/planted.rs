//! Copies of a contract with one break each: the gate refuses every one, by the right rule, and
//! proves it or says why it cannot.

use treaty_engine::rules::{self, Category};
use treaty_engine::witness::{Form, Outcome, Witness, explain_bytes};
use treaty_engine::{Descriptors, Finding, Gate, Proof, Released, judge, prove};

use crate::history::{compile, contracts, sources};

const CONTRACT: &str = "shop.orders";
const FILE: &str = "shop/orders/v1/orders.proto";

const WATCH_ORDER: &str = concat!(
    "  rpc WatchOrder(WatchOrderRequest) returns (stream WatchOrderResponse) {\n",
    "    option idempotency_level = NO_SIDE_EFFECTS;\n  }\n",
);

/// A break, and the rule that has to find it.
pub(crate) struct Planted {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    /// What is replaced, each by its other.
    edits: &'static [(&'static str, &'static str)],
}

pub(crate) const ALL: &[Planted] = &[
    Planted {
        name: "field renumbered",
        rule: "FIELD_NO_DELETE",
        edits: &[("string tracking_code = 7;", "string tracking_code = 17;")],
    },
    Planted {
        name: "field retyped",
        rule: "FIELD_SAME_TYPE",
        edits: &[("int64 units = 2;", "string units = 2;")],
    },
    Planted {
        name: "field retyped within its wire type",
        rule: "FIELD_SAME_TYPE",
        edits: &[("int32 nanos = 3;", "sint32 nanos = 3;")],
    },
    Planted {
        name: "field removed",
        rule: "FIELD_NO_DELETE",
        edits: &[(
            "  string order_id = 1;\n  // Who ordered.\n  string customer_id = 2;",
            "  string order_id = 1;",
        )],
    },
    Planted {
        name: "field renamed",
        rule: "FIELD_SAME_NAME",
        edits: &[("string tracking_code = 7;", "string tracking = 7;")],
    },
    Planted { name: "method removed", rule: "RPC_NO_DELETE", edits: &[(WATCH_ORDER, "")] },
    Planted {
        name: "fields moved into a oneof",
        rule: "FIELD_SAME_ONEOF",
        edits: &[
            ("string currency_code = 1;", "oneof amount { string currency_code = 1;"),
            ("int32 nanos = 3;", "int32 nanos = 3; }"),
        ],
    },
    Planted {
        name: "enum value removed",
        rule: "ENUM_VALUE_NO_DELETE",
        edits: &[("  ORDER_STATE_SHIPPED = 2;\n", "")],
    },
    Planted {
        name: "package renamed",
        rule: "FILE_SAME_PACKAGE",
        edits: &[("package shop.orders.v1;", "package shop.ordering.v1;")],
    },
];

impl Planted {
    /// The contract with the break.
    pub(crate) fn broken(&self) -> Descriptors {
        let mut sources = sources();
        let text = sources.get_mut(FILE).unwrap();
        for (from, to) in self.edits {
            assert!(text.contains(from), "{}: the contract has no `{from}`", self.name);
            *text = text.replace(from, to).into();
        }
        let own = &contracts()[CONTRACT].files;
        compile(&sources).subset(|file| own.contains(file))
    }

    /// The contract before the break.
    pub(crate) fn whole() -> Descriptors {
        contracts().remove(CONTRACT).unwrap().current
    }
}

#[test]
fn every_planted_break_is_refused_by_its_rule() {
    let contract = contracts().remove(CONTRACT).unwrap();
    let latest = contract.released.last().unwrap().version.to_string();
    for planted in ALL {
        let judgement = judge(&planted.broken(), &contract.released, &rules::of(Category::File));
        assert!(!judgement.passes(), "{} passes", planted.name);
        let finding = judgement.findings.iter().find(|finding| finding.rule == planted.rule);
        let finding =
            finding.unwrap_or_else(|| panic!("{}: {:#?}", planted.name, judgement.findings));
        assert!(finding.versions.contains(&latest), "{}: {finding:#?}", planted.name);
        assert_eq!(finding.path, FILE, "{}", planted.name);
        assert!(finding.line > 1, "{}: {finding:#?}", planted.name);
        assert!(!finding.remedy.is_empty(), "{}", planted.name);
    }
}

/// What `treaty check` finds and proves.
fn checked(planted: &Planted, released: &[Released]) -> (Descriptors, Vec<Finding>) {
    let broken = planted.broken();
    let mut findings = Gate::check().judge(&broken, released).findings;
    prove(&broken, released, &mut findings);
    (broken, findings)
}

#[test]
fn every_finding_on_a_planted_break_has_a_witness_or_says_why_there_is_none() {
    let contract = contracts().remove(CONTRACT).unwrap();
    let (mut witnesses, mut reasons) = (0, 0);
    for planted in ALL {
        let (broken, findings) = checked(planted, &contract.released);
        assert!(!findings.is_empty(), "{}", planted.name);
        for finding in findings {
            let old = finding.versions.first().and_then(|version| {
                contract.released.iter().find(|one| one.version.to_string() == *version)
            });
            let old = old.unwrap_or_else(|| panic!("{}: {finding:#?}", planted.name));
            match &finding.proof {
                Some(Proof::Witness(witness)) => {
                    is_true(witness, &old.descriptors, &broken, planted.name);
                    witnesses += 1;
                }
                Some(Proof::None(why)) => {
                    println!("{}, {}: {why}", planted.name, finding.rule);
                    assert!(!why.to_string().is_empty());
                    reasons += 1;
                }
                other => panic!("{}: {} has {other:?}", planted.name, finding.message),
            }
        }
    }
    println!("{witnesses} findings with a witness, {reasons} with a reason for none");
    assert!(witnesses >= ALL.len() / 2, "only {witnesses} witnesses");
}

/// Reads the bytes of a witness with both versions and has them differ as it says.
fn is_true(witness: &Witness, old: &Descriptors, new: &Descriptors, planted: &str) {
    if witness.form == Form::Json {
        assert!(witness.written.starts_with('{'), "{planted}: {witness}");
        return;
    }
    let told = explain_bytes(&witness.bytes, &old.pool(), &new.pool(), &witness.message);
    let told = told.unwrap_or_else(|| panic!("{planted}: no version has {}", witness.message));
    assert_eq!(told.malformed, None, "{planted}: {witness}");
    assert_ne!(told.old, told.new, "{planted}: both read the same in {witness}");
    if let Outcome::Reads(read) = &witness.outcome {
        assert_ne!(*read, witness.written, "{planted}: {witness}");
    }
}
