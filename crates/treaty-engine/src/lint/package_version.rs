//! Reads the version at the end of a package's name, such as `v1` or `v1p2beta3`. — *Source*: buf's
//! grammar of versions.

/// What a version promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stability {
    Stable,
    /// alpha, beta or test.
    Unstable,
}

/// The stability of a package whose last component is a version, and which has another before it.
pub(crate) fn stability(package: &str) -> Option<Stability> {
    let (_, component) = package.rsplit_once('.')?;
    let version = component.strip_prefix('v')?;
    if let Some((major, _)) = version.split_once("test") {
        return number(major).map(|()| Stability::Unstable);
    }
    let level = match (version.contains("alpha"), version.contains("beta")) {
        (false, false) => return number(version).map(|()| Stability::Stable),
        (true, false) => "alpha",
        (false, true) => "beta",
        (true, true) => return None,
    };
    let (before, minor) = version.split_once(level)?;
    if !minor.is_empty() {
        number(minor)?;
    }
    match before.split_once('p') {
        Some((major, patch)) => number(major).and_then(|()| number(patch))?,
        None => number(before)?,
    }
    Some(Stability::Unstable)
}

/// Whether it is a decimal number of at least 1 that fits in 32 bits.
fn number(text: &str) -> Option<()> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && text.parse::<i32>().is_ok_and(|number| number >= 1)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_other_names() {
        for stable in ["a.v1", "a.b.v10", "a.v01"] {
            assert_eq!(stability(stable), Some(Stability::Stable), "{stable}");
        }
        for unstable in ["a.v1alpha", "a.v1p1beta1", "a.v1test", "a.v1testfoo", "a.v2beta3"] {
            assert_eq!(stability(unstable), Some(Stability::Unstable), "{unstable}");
        }
        for none in ["v1", "a.v0", "a.v1p1", "a.v1beta1x", "a.V1", "a.v", "a.v1alphabeta", "a"] {
            assert_eq!(stability(none), None, "{none}");
        }
    }
}
