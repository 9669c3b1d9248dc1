//! Contract engine, pure: descriptors, diff, rules, verdict, versions
