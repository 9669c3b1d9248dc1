//! What holds for a file as a whole.

use super::Check;
use crate::descriptor::File;
use crate::{Features, FieldPresence, Holder, NamingStyle};

/// As protoc bounds it.
const MAX_PACKAGE_DOTS: usize = 100;
const MAX_PACKAGE: usize = 511;

impl Check<'_> {
    pub(super) fn file(&mut self) {
        let file = self.file;
        let features = Features::of(file.syntax).below(file.options.as_deref(), Holder::File);
        self.edition(features);
        self.imports();
        if file.package.len() > MAX_PACKAGE || file.package.matches('.').count() > MAX_PACKAGE_DOTS
        {
            self.report.at(&[2], "the package's name is too long");
        }
        self.style_of_package(features);
        for (index, message) in (0..).zip(&file.messages) {
            self.under(4, index, |this| this.message(message, features, true));
        }
        for (index, one) in (0..).zip(&file.enums) {
            self.under(5, index, |this| this.enumeration(one, features, None));
        }
        for (index, service) in (0..).zip(&file.services) {
            self.under(6, index, |this| this.service(service, features));
        }
        self.extensions(7, &file.extensions, features);
        self.known_features();
    }

    fn edition(&mut self, features: Features) {
        if !self.file.syntax.is_editions() {
            return;
        }
        if features.field_presence == FieldPresence::LegacyRequired {
            self.report.at(&[8, 50], "presence cannot be `LEGACY_REQUIRED` for a whole file");
        }
        if self.file.options.as_deref().is_some_and(|options| options.get(27).is_some()) {
            self.report.at_with_help(
                &[8, 27],
                "`java_string_check_utf8` cannot be set in editions",
                "use the feature `(pb.java).utf8_validation`",
            );
        }
    }

    fn imports(&mut self) {
        for (index, import) in (0..).zip(&self.file.imports) {
            let imported = self.names.graph.file(&import.path);
            let imported = imported.map(|id| &self.names.files[id as usize]);
            if !is_lite(self.file) && imported.is_some_and(is_lite) {
                let message = format!(
                    "`{}` is for the lite runtime, and a file that is not cannot import it",
                    import.path
                );
                self.report.at(&[3, index], message);
            }
        }
    }

    fn style_of_package(&mut self, features: Features) {
        if features.enforce_naming_style != NamingStyle::StyleLegacy
            && !self.file.package.is_empty()
        {
            let package = &self.file.package;
            // buf asks each part for itself.
            let parts =
                if self.is_protoc() { vec![&**package] } else { package.split('.').collect() };
            if let Some(why) = parts.into_iter().find_map(super::style::lower_snake) {
                self.style_fault(&[2], "package", package, why);
            }
        }
    }
}

/// `option optimize_for = LITE_RUNTIME`
pub(super) fn is_lite(file: &File) -> bool {
    file.options.as_deref().and_then(|options| options.number(9)) == Some(3)
}
