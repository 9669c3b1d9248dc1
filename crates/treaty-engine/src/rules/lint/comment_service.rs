//! A service has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_SERVICE",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A service has no comment",
    why: "Generated code shows the comment where people call it; without one they read the \
           server's source, or guess.",
    remedy: "say before the declaration what it means",
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for (index, service) in file.services() {
            required.comment(hits, vec![6, index], "Service", &service.name, service.full_name.to_string());
        }
    }
}
