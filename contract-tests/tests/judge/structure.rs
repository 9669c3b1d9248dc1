//! Every contract against every version it released: the rules, the digests, the versions.

use treaty_engine::rules::{self, Category};
use treaty_engine::{Bump, judge};

use crate::history::contracts;

#[test]
fn every_contract_keeps_every_released_version() {
    for (name, contract) in contracts() {
        let judgement = judge(&contract.current, &contract.released, &rules::of(Category::File));
        assert!(judgement.passes(), "{name} breaks a released version: {:#?}", judgement.findings);
    }
}

#[test]
fn the_versions_of_a_contract_keep_one_another() {
    for (name, contract) in contracts() {
        for (index, new) in contract.released.iter().enumerate() {
            let older = &contract.released[..index];
            let judgement = judge(&new.descriptors, older, &rules::of(Category::File));
            assert!(judgement.passes(), "{name} {}: {:#?}", new.version, judgement.findings);
            if !older.is_empty() {
                let smallest = judgement.next.expect("it differs from the version before");
                assert!(new.version >= smallest, "{name} {} should be {smallest}", new.version);
            }
        }
    }
}

#[test]
fn a_contract_carries_the_version_it_last_released() {
    for (name, contract) in contracts() {
        let latest = contract.released.last();
        let expected = latest.map_or_else(|| "0.0.0".to_owned(), |one| one.version.to_string());
        assert_eq!(contract.version, expected, "{name}");
        assert!(!contract.files.is_empty(), "{name} has files");
    }
}

#[test]
fn the_shop_runs_what_it_released() {
    for (name, contract) in contracts().into_iter().filter(|(name, _)| name.starts_with("shop.")) {
        let judgement = judge(&contract.current, &contract.released, rules::ALL);
        assert_eq!(judgement.bump, Bump::None, "{name} changed: `treaty release {name}`");
    }
}

#[test]
fn the_generated_code_and_the_engine_mean_the_same_contract() {
    let on_disk = contracts();
    let built: Vec<_> = contracts::ALL.iter().map(|contract| contract.name).collect();
    let mut sorted = built.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, on_disk.keys().map(String::as_str).collect::<Vec<_>>());
    for built in contracts::ALL {
        let contract = &on_disk[built.name];
        assert_eq!(built.digest, contract.current.digest(), "{}", built.name);
        assert_eq!(built.version, contract.version, "{}", built.name);
    }
}

#[test]
fn a_released_version_stands_alone() {
    for (name, contract) in contracts() {
        for released in &contract.released {
            let again = treaty_engine::Descriptors::decode(&released.descriptors.encode()).unwrap();
            assert_eq!(
                again.digest(),
                released.descriptors.digest(),
                "{name} {}",
                released.version
            );
        }
    }
}
