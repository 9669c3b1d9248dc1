//! The inputs of a template, as the command line would name them.

use anyhow::{bail, ensure};
use serde::Deserialize;

/// An input and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Input {
    /// Such as `proto` or `../other/.git#branch=main`.
    pub(in super::super) text: String,
    pub(in super::super) types: Vec<String>,
    pub(in super::super) exclude_types: Vec<String>,
    pub(in super::super) paths: Vec<String>,
    pub(in super::super) exclude_paths: Vec<String>,
}

impl Input {
    /// All of it.
    pub(in super::super) fn new(text: &str) -> Self {
        let (types, exclude_types, paths, exclude_paths) = Default::default();
        Self { text: text.to_owned(), types, exclude_types, paths, exclude_paths }
    }
}

/// An input of version v2.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct V2 {
    module: Option<String>,
    directory: Option<String>,
    proto_file: Option<String>,
    tarball: Option<String>,
    zip_archive: Option<String>,
    binary_image: Option<String>,
    json_image: Option<String>,
    text_image: Option<String>,
    yaml_image: Option<String>,
    git_repo: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    exclude_types: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    exclude_paths: Vec<String>,
    compression: Option<String>,
    strip_components: Option<u32>,
    subdir: Option<String>,
    branch: Option<String>,
    commit: Option<String>,
    tag: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    depth: Option<u32>,
    recurse_submodules: Option<bool>,
    include_package_files: Option<bool>,
}

impl V2 {
    pub(super) fn read(self) -> anyhow::Result<Input> {
        let (mut options, format) = self.options()?;
        let (kind, place, allowed) = self.place()?;
        for (key, _) in &options {
            ensure!(allowed.contains(key), "option {key} is not allowed for format {kind}");
        }
        if let Some(format) =
            format.filter(|(_, ends)| !ends.iter().any(|end| place.ends_with(end)))
        {
            options.insert(0, ("format", format.0.to_owned()));
        }
        let options: Vec<String> =
            options.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let text =
            if options.is_empty() { place } else { format!("{place}#{}", options.join(",")) };
        Ok(Input {
            text,
            types: self.types,
            exclude_types: self.exclude_types,
            paths: self.paths,
            exclude_paths: self.exclude_paths,
        })
    }

    /// The options that are set, and the format with the ends of names that tell it.
    #[allow(clippy::type_complexity, reason = "read by one function alone")]
    fn options(
        &self,
    ) -> anyhow::Result<(
        Vec<(&'static str, String)>,
        Option<(&'static str, &'static [&'static str])>,
    )> {
        let mut options = Vec::new();
        let texts = [
            ("compression", &self.compression),
            ("subdir", &self.subdir),
            ("branch", &self.branch),
            ("commit", &self.commit),
            ("tag", &self.tag),
            ("ref", &self.reference),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                ensure!(!value.contains([',', '#']), "{key}: `{value}` has a `,` or `#` in it");
                options.push((key, value.clone()));
            }
        }
        for (key, value) in [("strip_components", self.strip_components), ("depth", self.depth)] {
            options.extend(value.map(|value| (key, value.to_string())));
        }
        let truths = [
            ("recurse_submodules", self.recurse_submodules),
            ("include_package_files", self.include_package_files),
        ];
        for (key, value) in truths {
            options.extend(value.map(|value| (key, value.to_string())));
        }
        let format: Option<(_, &[_])> = match () {
            () if self.tarball.is_some() => Some(("tar", &[".tar", ".tar.gz", ".tgz", ".tar.zst"])),
            () if self.zip_archive.is_some() => Some(("zip", &[".zip"])),
            () if self.binary_image.is_some() => {
                Some(("binpb", &[".binpb", ".bin", ".binpb.gz", ".bin.gz", ".binpb.zst"]))
            }
            () if self.json_image.is_some() => Some(("json", &[".json", ".json.gz", ".json.zst"])),
            () if self.text_image.is_some() => {
                Some(("txtpb", &[".txtpb", ".txtpb.gz", ".txtpb.zst"]))
            }
            () if self.yaml_image.is_some() => Some(("yaml", &[".yaml", ".yaml.gz", ".yaml.zst"])),
            () if self.git_repo.is_some() => Some(("git", &[".git"])),
            () => None,
        };
        Ok((options, format))
    }

    /// The kind, the place, and the options that the kind may have.
    fn place(&self) -> anyhow::Result<(&'static str, String, &'static [&'static str])> {
        const GIT: &[&str] =
            &["branch", "commit", "tag", "ref", "depth", "recurse_submodules", "subdir"];
        let all: [(&'static str, &Option<String>, &'static [&'static str]); 10] = [
            ("module", &self.module, &[]),
            ("directory", &self.directory, &[]),
            ("proto_file", &self.proto_file, &["include_package_files"]),
            ("tarball", &self.tarball, &["compression", "strip_components", "subdir"]),
            ("zip_archive", &self.zip_archive, &["strip_components", "subdir"]),
            ("binary_image", &self.binary_image, &["compression"]),
            ("json_image", &self.json_image, &["compression"]),
            ("text_image", &self.text_image, &["compression"]),
            ("yaml_image", &self.yaml_image, &["compression"]),
            ("git_repo", &self.git_repo, GIT),
        ];
        let mut set = all.iter().filter_map(|(kind, place, allowed)| {
            place.as_ref().map(|place| (*kind, place.clone(), *allowed))
        });
        let Some((kind, place, allowed)) = set.next() else {
            bail!(
                "must specify one of module, directory, proto_file, tarball, zip_archive, binary_image, json_image, text_image, yaml_image and git_repo as an input"
            )
        };
        if let Some((other, ..)) = set.next() {
            bail!("exactly one kind of input is allowed, but there are {kind} and {other}");
        }
        if kind == "module" {
            bail!(
                "{place} is a module of a registry, which treaty does not read: `buf export {place} -o <folder>` writes its files"
            );
        }
        ensure!(!place.is_empty(), "empty {kind}");
        Ok((kind, place, allowed))
    }
}
