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
    why: "A service is where newcomers begin to read. Its comment is the first page of the \
           documentation that is made of the files.",
    remedy: "say before the service what it is for, and for whom",
    example: r#"
+ // Places and tracks orders.
  service OrderService {}
"#,
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
