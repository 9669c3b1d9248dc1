//! A method has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_RPC",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A method has no comment",
    why: "Generated code shows the comment where people call it; without one they read the \
           server's source, or guess.",
    remedy: "say before the declaration what it means",
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for (service, method, path) in file.methods() {
            required.comment(hits, path.to_vec(), "RPC", &method.name, format!("{}/{}", service.full_name, method.name));
        }
    }
}
