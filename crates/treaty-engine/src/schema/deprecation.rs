//! Whether an element is deprecated: by itself, by what it is in, or by its file, which generators mark
//! with all that is in it.

use super::{Place, Schema};
use crate::Subject;

const FILE_DEPRECATED: u32 = 23;

impl Schema<'_> {
    /// None where the version does not have the element.
    pub(crate) fn is_deprecated(&self, subject: &Subject) -> Option<bool> {
        let (own, name, place) = match subject {
            Subject::Message(name) => {
                let message = self.messages.get(&**name)?;
                (message.deprecated, message.full_name, &message.place)
            }
            Subject::Enum(name) => {
                let enumeration = self.enums.get(&**name)?;
                (enumeration.deprecated, enumeration.full_name, &enumeration.place)
            }
            Subject::Service(name) => {
                let service = self.services.get(&**name)?;
                (service.deprecated, service.full_name, &service.place)
            }
            Subject::Field { message, number, .. } => {
                let message = self.messages.get(&**message)?;
                (message.field(*number)?.deprecated, message.full_name, &message.place)
            }
            Subject::Extension { message, number, .. } => {
                let extension = self.extensions.get(&(&**message, *number))?;
                (extension.deprecated, extension.full_name(), &extension.place)
            }
            Subject::Value { of, number, .. } => {
                let enumeration = self.enums.get(&**of)?;
                let value = enumeration.number(*number)?;
                (value.deprecated, enumeration.full_name, &enumeration.place)
            }
            Subject::Method { service, name } => {
                let service = self.services.get(&**service)?;
                let method = service.methods.iter().find(|method| method.name == name)?;
                (method.deprecated, service.full_name, &service.place)
            }
            Subject::Package(_) | Subject::File(_) | Subject::Oneof { .. } => return None,
        };
        Some(own || self.is_in_deprecated(name, place))
    }

    /// Whether the type of that name, one around it or its file is deprecated.
    fn is_in_deprecated(&self, name: &str, place: &Place<'_>) -> bool {
        let file = self.files.get(place.file).and_then(|file| file.options());
        if file.is_some_and(|options| options.flag(FILE_DEPRECATED)) {
            return true;
        }
        let mut around = Some(name);
        while let Some(name) = around {
            let of_enum = self.enums.get(name).is_some_and(|one| one.deprecated);
            let of_service = self.services.get(name).is_some_and(|one| one.deprecated);
            if of_enum || of_service || self.messages.get(name).is_some_and(|one| one.deprecated) {
                return true;
            }
            around = name.rsplit_once('.').map(|(outer, _)| outer);
        }
        false
    }
}
