//! The names under which a configuration chooses several lint rules at once.

use crate::rules::ConfigVersion;

/// What a rule is chosen by beside its id; a rule can be of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// What generators cannot do without.
    Minimal,
    /// What everyone agrees on.
    Basic,
    /// The older name of [`Category::Standard`].
    Default,
    /// What is checked where nothing is chosen.
    Standard,
    /// Comments on everything.
    Comments,
    /// No streams.
    UnaryRpc,
    /// Nothing of the others, in v1beta1.
    Other,
    /// Files and directories, in v1beta1.
    FileLayout,
    /// Options that a package has once, in v1beta1.
    PackageAffinity,
    /// Words of the language to avoid, in v1beta1.
    Sensible,
    /// Names, in v1beta1.
    StyleBasic,
    /// The older name of [`Category::StyleStandard`].
    StyleDefault,
    /// Names and their suffixes, in v1beta1.
    StyleStandard,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Minimal,
        Self::Basic,
        Self::Default,
        Self::Standard,
        Self::Comments,
        Self::UnaryRpc,
        Self::Other,
        Self::FileLayout,
        Self::PackageAffinity,
        Self::Sensible,
        Self::StyleBasic,
        Self::StyleDefault,
        Self::StyleStandard,
    ];

    /// As a configuration names it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Minimal => "MINIMAL",
            Self::Basic => "BASIC",
            Self::Default => "DEFAULT",
            Self::Standard => "STANDARD",
            Self::Comments => "COMMENTS",
            Self::UnaryRpc => "UNARY_RPC",
            Self::Other => "OTHER",
            Self::FileLayout => "FILE_LAYOUT",
            Self::PackageAffinity => "PACKAGE_AFFINITY",
            Self::Sensible => "SENSIBLE",
            Self::StyleBasic => "STYLE_BASIC",
            Self::StyleDefault => "STYLE_DEFAULT",
            Self::StyleStandard => "STYLE_STANDARD",
        }
    }

    /// What to say instead of an older name.
    #[must_use]
    pub fn replacement(self) -> Option<Self> {
        match self {
            Self::Default => Some(Self::Standard),
            Self::StyleDefault => Some(Self::StyleStandard),
            _ => None,
        }
    }
}

/// The categories of a lint rule in each configuration version; none where it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the version of that name")]
pub struct Categories {
    pub v1beta1: Option<&'static [Category]>,
    pub v1: Option<&'static [Category]>,
    pub v2: Option<&'static [Category]>,
}

impl Categories {
    /// Those of one version.
    #[must_use]
    pub fn of(&self, version: ConfigVersion) -> Option<&'static [Category]> {
        match version {
            ConfigVersion::V1Beta1 => self.v1beta1,
            ConfigVersion::V1 => self.v1,
            ConfigVersion::V2 => self.v2,
        }
    }
}
