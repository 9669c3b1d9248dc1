//! The files of a set, each decoded alone: no other has to be there, and nothing to be sound.

use treaty_compiler::descriptor::{Encoding, File, Locations, SourceInfo};
use treaty_compiler::wire::Fields;

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;

/// What is read of a file survives encoding, places and unknown options too.
pub(super) fn files(bytes: &[u8]) {
    let fields = Fields::new(bytes).map_while(Result::ok).filter(|field| field.number == FILE);
    for encoded in fields.filter_map(|field| field.value.bytes()) {
        let Ok(file) = File::decode(encoded) else { continue };
        let once = encode(&file);
        let again = File::decode(&once).expect("what we write can be read");
        assert_eq!(again.name, file.name, "the file has another name");
        assert!(encode(&again) == once, "{} is encoded otherwise a second time", file.name);
        let locations = Locations::from_encoded(file.locations.encoded().into_owned());
        let (index, of_encoded) = (file.locations.index(), locations.index());
        for location in file.locations.iter().step_by(17) {
            let found = index.find(&location.path);
            assert!(found.is_some(), "{:?} is lost", location.path);
            assert_eq!(of_encoded.find(&location.path), found, "found otherwise");
        }
    }
}

fn encode(file: &File) -> Vec<u8> {
    let mut encoded = Vec::new();
    file.encode(&mut encoded, Encoding { source_info: SourceInfo::Included, image: true });
    encoded
}
