//! The name of a service does not end as services do.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "SERVICE_SUFFIX",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "The name of a service does not end as services do",
    why: "Clients and servers are generated beside messages: the service `Order` and the message \
           `Order` cannot be in one package, and `OrderClient` does not tell a service's client \
           from a customer's.",
    remedy: "end the name with the suffix",
    example: r#"
- service Orders {}
+ service OrderService {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let suffix = view.options.service_suffix;
    for file in &view.files {
        for (index, service) in file.services() {
            let name = &*service.name;
            if !name.ends_with(suffix) {
                let suffix = quoted(suffix);
                let message = format!("Service name \"{name}\" should be suffixed with {suffix}.");
                hits.add(file, [6, index, 1], &*service.full_name, message);
            }
        }
    }
}
