//! What holds for services and their methods.

use super::Check;
use super::style::title;
use crate::descriptor::Service;
use crate::{Features, Holder};

impl Check<'_> {
    pub(super) fn service(&mut self, service: &Service, around: Features) {
        let features = around.below(service.options.as_deref(), Holder::Service);
        self.style(features, "service", &service.name, title);
        self.method_names(service);
        let options = self.file.options.as_deref();
        let is_generic = options.is_some_and(|options| options.flag(16) || options.flag(17));
        if self.is_protoc() && is_generic && super::file::is_lite(self.file) {
            self.fault(1, "a file for the lite runtime cannot have generic services");
        }
        for (index, method) in (0..).zip(&service.methods) {
            let features = features.below(method.options.as_deref(), Holder::Method);
            self.under(2, index, |this| {
                this.style(features, "method", &method.name, title);
                this.is_visible(Some(&method.input), 2);
                this.is_visible(Some(&method.output), 3);
            });
        }
    }

    fn method_names(&mut self, service: &Service) {
        let mut names: Vec<_> =
            (0..).zip(&service.methods).map(|(at, one)| (&*one.name, at)).collect();
        names.sort_unstable();
        for (first, again) in names.iter().zip(names.iter().skip(1)) {
            if first.0 == again.0 {
                self.clash(&[2, again.1, 1], &[2, first.1, 1], |place| {
                    format!("method `{}` is already defined, at {place}", again.0)
                });
            }
        }
    }
}
