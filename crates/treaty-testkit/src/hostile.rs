//! Feeds hostile bytes to every parser that meets them, and asserts what must hold of the answer.
//!
//! *Holds*: a target takes any bytes and panics only where the product breaks a promise; the same
//! bytes give the same answer. `fuzz/` searches with these targets, and the judge replays what
//! was found, so both ask the same questions. — *Does not* bring bytes.

mod descriptor;
mod header_blocks;
mod http2;
mod linker;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use contracts::io::cloudevents::v1::CloudEvent;
use prost::Message as _;
use rustls::pki_types::CertificateDer;
use treaty_bus::Event;
use treaty_compiler::descriptor::{Encoding, File, Locations, SourceInfo};
use treaty_compiler::{Places, parse_unlinked};
use treaty_control::Documents;
use treaty_core::authorize::{self, Policy};
use treaty_core::deadline;
use treaty_core::method::MethodPath;
use treaty_core::route::{self, RouteTable};
use treaty_core::spiffe::SpiffeId;
use treaty_core::trace_context::TraceContext;
use treaty_engine::{Descriptors, Sources, compare, rules};
use treaty_mesh::reflection::Schema;

pub use header_blocks::header_blocks;
pub use http2::http2;
pub use linker::linker;

/// The longest proto source and configuration file, in bytes: more costs time and finds no more.
const MAX_TEXT_BYTES: usize = 4096;

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its folder under `fuzz/corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("call_headers", call_headers),
    ("configuration", configuration),
    ("descriptor_sets", descriptor_sets),
    ("events", events),
    ("header_blocks", header_blocks),
    ("http2", http2),
    ("linker", linker),
    ("parser", parser),
    ("peer_certificate", peer_certificate),
    ("proto_source", proto_source),
];

/// Lines: the path of a call, its `grpc-timeout`, its `traceparent`, the caller's SPIFFE id.
pub fn call_headers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    if let Some(path) = MethodPath::parse(line()) {
        let printed = format!("/{path}");
        assert_eq!(MethodPath::parse(&printed), Some(path), "{printed} reads otherwise");
    }
    if let Ok(timeout) = deadline::parse(line()) {
        let written = deadline::format(timeout);
        let read = deadline::parse(&written).expect("what we write can be read");
        assert!(read <= timeout, "{timeout:?} was extended to {written}");
        assert_eq!(deadline::format(read), written, "a second hop writes something else");
        let used = Duration::from_millis(1);
        let left = deadline::remaining(Some(timeout), None, used).expect("the caller set one");
        assert!(left <= timeout, "{left:?} remain of {timeout:?}");
    }
    if let Some(trace) = TraceContext::parse(line()) {
        let printed = trace.to_string();
        assert_eq!(TraceContext::parse(&printed), Some(trace), "{printed} reads otherwise");
        assert_eq!(trace.child(7).trace_id(), trace.trace_id(), "a call leaves its trace");
    }
    if let Ok(id) = line().parse::<SpiffeId>() {
        assert_eq!(id.to_string().parse(), Ok(id.clone()), "{id} reads otherwise");
        assert_eq!(id.sibling(id.workload()), Ok(id.clone()), "{id} is not its own sibling");
    }
}

/// The DER of a certificate that a peer presents.
pub fn peer_certificate(bytes: &[u8]) {
    let Some(id) = treaty_mesh::spiffe_id_of(&CertificateDer::from(bytes)) else { return };
    let text = id.to_string();
    assert_eq!(text.parse(), Ok(id), "{text} reads otherwise");
    let stated = bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(stated, "the certificate does not say {text}");
}

/// An encoded `FileDescriptorSet`, as a node announces it and as a release holds it.
pub fn descriptor_sets(bytes: &[u8]) {
    descriptor::files(bytes);
    let decoded = Descriptors::decode(bytes);
    let services: Vec<String> = decoded.iter().flat_map(services_of).collect();
    reflect(bytes, &services);
    let Ok(decoded) = decoded else { return };
    assert_same(&decoded, &decoded);
    let encoded = decoded.encode();
    let again = Descriptors::decode(&encoded).expect("a set that we write can be read");
    assert!(again.own().eq(decoded.own()), "a release holds other files");
    assert_same(&decoded, &again);
    assert_eq!(again.encode(), encoded, "a release of a release differs");
}

fn services_of(descriptors: &Descriptors) -> Vec<String> {
    let services = descriptors.files().flat_map(|file| &file.services);
    services.map(|service| service.full_name.to_string()).collect()
}

/// Asks reflection for everything that a caller can ask about the set.
fn reflect(bytes: &[u8], services: &[String]) {
    let schema = Schema::new(&[bytes], services);
    let twice = Schema::new(&[bytes, bytes], services);
    assert_eq!(schema.is_ok(), twice.is_ok(), "a set conflicts with itself");
    let Ok(schema) = schema else { return };
    for service in schema.services() {
        assert!(services.contains(service), "{service} is shown though nobody said so");
        assert!(schema.file_of_symbol(service).is_some(), "{service} is listed but not found");
    }
    let Ok(set) = prost_types::FileDescriptorSet::decode(bytes) else { return };
    for file in &set.file {
        let found = schema.file(file.name());
        assert!(found.is_some_and(|files| !files.is_empty()), "{} is lost", file.name());
        for message in &file.message_type {
            let dot = if file.package().is_empty() { "" } else { "." };
            let name = format!("{}{dot}{}", file.package(), message.name());
            // A caller's leading dot says that a name is absolute, so it cannot be part of one.
            if !name.starts_with('.') {
                assert!(schema.extension_numbers(&name).is_some(), "{name} is not known");
                assert!(schema.file_of_symbol(&name).is_some(), "{name} is not found");
            }
        }
        for extension in &file.extension {
            let found = schema.file_of_extension(extension.extendee(), extension.number());
            assert!(found.is_some(), "extension {} is not found", extension.number());
        }
    }
}

/// Two descriptors of the same contract: no change, no finding, one digest.
fn assert_same(old: &Descriptors, new: &Descriptors) {
    let comparison = compare(&old.schema(), &new.schema(), rules::ALL);
    assert!(comparison.findings.is_empty(), "broke itself: {:#?}", comparison.findings);
    assert!(comparison.changes.is_empty(), "changed itself: {:#?}", comparison.changes);
    assert_eq!(old.digest(), new.digest(), "the same contract has two digests");
}

/// One proto source, parsed alone: what is told is within it, and what is read survives encoding.
pub fn parser(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > MAX_TEXT_BYTES {
        return;
    }
    let text: Arc<str> = text.into();
    let (file, faults) = parse_unlinked("hostile.proto", &text, Places::Buf);
    let lines = text.split('\n').count();
    for fault in &faults {
        let (start, end) = (fault.span.start, fault.span.end);
        assert!((start.line as usize) < lines && start <= end, "nowhere: {fault:?}");
        assert!(!fault.message.is_empty(), "says nothing: {fault:?}");
    }
    assert!(faults.len() <= 100 && faults.is_sorted_by_key(|fault| fault.span), "{faults:#?}");
    let encode = |file: &File| {
        let mut encoded = Vec::new();
        file.encode(&mut encoded, Encoding { source_info: SourceInfo::Included, image: true });
        encoded
    };
    let encoded = encode(&file);
    let (again, told_again) = parse_unlinked("hostile.proto", &text, Places::Buf);
    assert!(encode(&again) == encoded && told_again == faults, "parses otherwise a second time");
    let locations = Locations::from_encoded(file.locations.encoded().into_owned());
    assert!(locations == file.locations, "places are encoded otherwise");
    let (index, of_encoded) = (file.locations.index(), locations.index());
    // `find` reads all the places before the one it seeks: a sample of them, however many there are.
    for location in locations.iter().step_by((locations.iter().count() / 128).max(17)) {
        let found = locations.find(&location.path);
        assert_eq!(index.find(&location.path), found, "found otherwise");
        assert_eq!(of_encoded.find(&location.path), found, "found otherwise");
    }
    if faults.is_empty() {
        let decoded = File::decode(&encoded).expect("what parses can be read again");
        assert!(encode(&decoded) == encoded, "encoded otherwise a second time");
    }
}

/// One proto source.
pub fn proto_source(bytes: &[u8]) {
    const FILE: &str = "hostile.proto";
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > MAX_TEXT_BYTES {
        return;
    }
    let sources = Sources::from([(FILE.to_owned(), text.into())]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    let compiled = descriptors.own().any(|file| file == FILE);
    assert_ne!(compiled, !findings.is_empty(), "clean or found faulty, never both or neither");
    for finding in &findings {
        assert!(finding.line >= 1 && finding.column >= 1, "nowhere: {finding:?}");
        assert!(!finding.message.is_empty(), "says nothing: {finding:?}");
    }
    if compiled {
        let released = Descriptors::decode(&descriptors.encode());
        let released = released.expect("what compiles can be released");
        assert_same(&descriptors, &released);
    }
}

/// A configuration file of the control plane.
pub fn configuration(bytes: &[u8]) {
    if bytes.len() > MAX_TEXT_BYTES {
        return;
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for a temporary file");
    let control = SpiffeId::new("shop.local", "shop", "control").expect("a valid id");
    match Documents::read(&[file.path().to_owned()], &control) {
        Ok(documents) => assert_usable(documents),
        Err(findings) => {
            assert!(!findings.is_empty(), "refused without a finding");
            let lines = String::from_utf8_lossy(bytes).lines().count();
            for finding in findings {
                assert_eq!(finding.path, file.path(), "a finding of another file");
                assert!(finding.line <= lines + 1, "{finding} is beyond {lines} lines");
                assert!(!finding.message.is_empty(), "a finding that says nothing");
            }
        }
    }
}

/// What was accepted is taken by those who decide by it.
fn assert_usable(documents: Documents) {
    for authorization in documents.authorizations {
        let rules: Vec<authorize::Rule> = (authorization.rules.into_iter())
            .map(|rule| authorize::Rule {
                name: rule.name,
                callers: rule.callers,
                methods: rule.methods,
            })
            .collect();
        Policy::new(&rules).expect("an accepted authorization can be enforced");
    }
    for route in documents.routes {
        let rules: Vec<route::Rule> = (route.rules.into_iter())
            .map(|rule| route::Rule {
                service: rule.service,
                method: Some(rule.method).filter(|method| !method.is_empty()),
                workload: rule.workload,
            })
            .collect();
        RouteTable::new(&rules).expect("an accepted route can be served");
    }
}

/// An encoded CloudEvent, as a publisher sends it.
pub fn events(bytes: &[u8]) {
    let Ok(decoded) = CloudEvent::decode(bytes) else { return };
    let event = Event::from(decoded);
    let valid = event.validate();
    let encoded = CloudEvent::from(event.clone()).encode_to_vec();
    let again = Event::from(CloudEvent::decode(&*encoded).expect("what we write can be read"));
    assert_eq!(again.validate().is_ok(), valid.is_ok(), "the log would hold what nobody takes");
    assert_eq!((again.id(), again.source()), (event.id(), event.source()));
    assert_eq!((again.key(), again.time()), (event.key(), event.time()));
    let _ = (event.traceparent(), event.decode::<CloudEvent>().map_err(|error| error.to_string()));
    if valid.is_ok() {
        for text in [event.id(), event.source(), event.type_name()] {
            assert!((1..=4096).contains(&text.len()), "an attribute of {} bytes", text.len());
        }
        assert!(event.key().is_none_or(|key| key.len() <= 4096), "a key beyond its bound");
    }
}
