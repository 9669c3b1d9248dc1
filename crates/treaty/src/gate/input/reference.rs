//! What an input names: `<path>#<key>=<value>,...`, with its format told or guessed from the path.
//! — *Does not* read it. — *Source*: <https://buf.build/docs/reference/inputs/>, and buf 1.75.0
//! where that is silent.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use super::super::path;

/// How an input is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gate) enum Format {
    Dir,
    ProtoFile,
    Git,
    Tar,
    Zip,
    Binpb,
    Json,
    Txtpb,
    Yaml,
    /// A module of a registry, which nothing here reads.
    Module,
    /// A running service that has server reflection.
    Reflection,
    /// Versions that this workspace has released.
    Released,
}

/// How the bytes of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// The options of git inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::gate) struct GitOptions {
    pub(in crate::gate) branch: Option<String>,
    /// A tag or a commit.
    pub(in crate::gate) tag: Option<String>,
    pub(in crate::gate) reference: Option<String>,
    pub(in crate::gate) depth: Option<u32>,
    pub(in crate::gate) recurse_submodules: bool,
    pub(in crate::gate) filter: Option<String>,
}

/// One parsed input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::gate) struct Reference {
    pub(in crate::gate) path: String,
    pub(in crate::gate) format: Format,
    pub(in crate::gate) compression: Compression,
    pub(in crate::gate) git: GitOptions,
    /// Leading folders that are cut from every name in an archive.
    pub(in crate::gate) strip_components: u32,
    /// Within an archive or a repository; `.` for the top.
    pub(in crate::gate) subdir: String,
    pub(in crate::gate) include_package_files: bool,
}

/// Parses what stands for an input or an output on the command line.
pub(in crate::gate) fn parse(text: &str) -> anyhow::Result<Reference> {
    let (path, mut options) = split(text.trim())?;
    let (mut format, mut compression) = guess(path)?;
    if let Some(name) = options.remove("format") {
        let (named, packed) = format_named(name)?;
        format = named;
        compression = packed.or(compression);
    }
    if let Some(name) = options.remove("compression") {
        compression = Some(compression_named(name)?);
    }
    let mut taken = |key: &str| options.remove(key).map(str::to_owned);
    let git = GitOptions {
        branch: taken("branch"),
        tag: match (taken("tag"), taken("commit")) {
            (Some(_), Some(_)) => {
                bail!("must specify only one of \"branch\", \"commit\", or \"tag\"")
            }
            (tag, commit) => tag.or(commit),
        },
        reference: taken("ref"),
        depth: taken("depth").map(|text| depth(&text)).transpose()?,
        recurse_submodules: flag("recurse_submodules", taken("recurse_submodules"))?,
        filter: taken("filter"),
    };
    let strip = taken("strip_components").unwrap_or_else(|| "0".to_owned());
    let strip_components = strip
        .parse()
        .with_context(|| format!("could not parse strip_components value \"{strip}\""))?;
    let subdir = path::relative(&taken("subdir").unwrap_or_default())?;
    let include_package_files = flag("include_package_files", taken("include_package_files"))?;
    // How buf writes JSON and YAML; both are read either way.
    if matches!(format, Format::Json | Format::Yaml) {
        _ = (taken("use_proto_names"), taken("use_enum_numbers"));
    }
    if let Some(key) = options.keys().next() {
        bail!("invalid key: \"{key}\"");
    }
    let reference = Reference {
        path: path.to_owned(),
        format,
        compression: compression.unwrap_or(Compression::None),
        git,
        strip_components,
        subdir,
        include_package_files,
    };
    fits(&reference, compression.is_some()).with_context(|| format!("invalid input \"{text}\""))?;
    Ok(reference)
}

/// Path and options.
fn split(text: &str) -> anyhow::Result<(&str, BTreeMap<&str, &str>)> {
    ensure!(!text.is_empty(), "an input must not be empty");
    let mut options = BTreeMap::new();
    let Some((path, rest)) = text.split_once('#') else { return Ok((text, options)) };
    ensure!(!rest.contains('#'), "\"{text}\" has multiple #s which is invalid");
    let (path, rest) = (path.trim(), rest.trim());
    ensure!(!path.is_empty(), "\"{text}\" starts with # which is invalid");
    ensure!(!rest.is_empty(), "\"{text}\" ends with # which is invalid");
    for pair in rest.split(',') {
        let parsed = pair.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        match parsed {
            Some((key, value)) if !key.is_empty() && !value.is_empty() && !value.contains('=') => {
                let twice = options.insert(key, value).is_some();
                ensure!(!twice, "duplicate options key: \"{key}\"");
            }
            _ => bail!("invalid options: \"{rest}\""),
        }
    }
    Ok((path, options))
}

/// The format and packing that a path looks like.
fn guess(path: &str) -> anyhow::Result<(Format, Option<Compression>)> {
    if path.starts_with("grpc://") || path.starts_with("grpcs://") {
        return Ok((Format::Reflection, None));
    }
    if (path == "released" || path.starts_with("released:")) && !Path::new(path).exists() {
        return Ok((Format::Released, None));
    }
    if path == "-" || path.starts_with("/dev/") {
        return Ok((Format::Binpb, None));
    }
    let packed = [(".gz", Compression::Gzip), (".zst", Compression::Zstd)];
    for (ending, compression) in packed {
        if let Some(inner) = path.strip_suffix(ending) {
            let format = by_ending(inner).with_context(|| {
                format!("path \"{path}\" had {ending} extension with unknown format")
            })?;
            return Ok((format, Some(compression)));
        }
    }
    if path.ends_with(".tgz") {
        return Ok((Format::Tar, Some(Compression::Gzip)));
    }
    if let Some(format) = by_ending(path) {
        return Ok((format, None));
    }
    let is_dir = || Path::new(path).is_dir();
    Ok(match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("zip") => (Format::Zip, None),
        Some("git") => (Format::Git, None),
        Some("proto") if !is_dir() => (Format::ProtoFile, None),
        // What protoc's users call their descriptor sets.
        Some("pb" | "desc" | "protoset") if Path::new(path).is_file() => (Format::Binpb, None),
        _ if Path::new(path).file_name().is_some_and(|name| name == ".git") => (Format::Git, None),
        _ if is_module(path) && !is_dir() => (Format::Module, None),
        _ => (Format::Dir, None),
    })
}

/// The formats that may be packed.
fn by_ending(path: &str) -> Option<Format> {
    Some(match path.rsplit_once('.')?.1 {
        "bin" | "binpb" => Format::Binpb,
        "json" => Format::Json,
        "txtpb" => Format::Txtpb,
        "yaml" => Format::Yaml,
        "tar" => Format::Tar,
        _ => return None,
    })
}

/// Whether a path is `registry/owner/name`, where a registry is a host.
fn is_module(path: &str) -> bool {
    let parts: Vec<&str> = path.split(':').next().unwrap_or_default().split('/').collect();
    parts.len() == 3
        && parts.iter().all(|part| !part.is_empty())
        && parts[0].contains('.')
        && !parts[0].starts_with('.')
}

fn format_named(name: &str) -> anyhow::Result<(Format, Option<Compression>)> {
    Ok(match name {
        "dir" => (Format::Dir, None),
        "protofile" => (Format::ProtoFile, None),
        "git" => (Format::Git, None),
        "tar" => (Format::Tar, None),
        "targz" => (Format::Tar, Some(Compression::Gzip)),
        "zip" => (Format::Zip, None),
        "bin" | "binpb" => (Format::Binpb, None),
        "bingz" => (Format::Binpb, Some(Compression::Gzip)),
        "json" => (Format::Json, None),
        "jsongz" => (Format::Json, Some(Compression::Gzip)),
        "txtpb" => (Format::Txtpb, None),
        "yaml" => (Format::Yaml, None),
        "mod" => (Format::Module, None),
        other => bail!("unknown format: \"{other}\""),
    })
}

fn compression_named(name: &str) -> anyhow::Result<Compression> {
    Ok(match name {
        "none" => Compression::None,
        "gzip" => Compression::Gzip,
        "zstd" => Compression::Zstd,
        other => bail!("unknown compression: \"{other}\" (valid values are \"none,gzip,zstd\")"),
    })
}

fn depth(text: &str) -> anyhow::Result<u32> {
    let depth =
        text.parse().with_context(|| format!("could not parse \"depth\" value \"{text}\""))?;
    ensure!(depth > 0, "\"depth\" must be >0 if specified");
    Ok(depth)
}

fn flag(key: &str, value: Option<String>) -> anyhow::Result<bool> {
    match value.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => bail!("invalid value \"{other}\" for key: \"{key}\""),
    }
}

/// That no option stands there for another format.
fn fits(reference: &Reference, packed: bool) -> anyhow::Result<()> {
    use Format::{Binpb, Git, Json, Tar, Txtpb, Yaml, Zip};
    let GitOptions { branch, tag, reference: revision, .. } = &reference.git;
    let format = reference.format;
    ensure!(
        branch.is_none() || tag.is_none(),
        "must specify only one of \"branch\", \"commit\", or \"tag\""
    );
    ensure!(
        revision.is_none() || tag.is_none(),
        "cannot specify \"commit\" or \"tag\" with \"ref\""
    );
    ensure!(
        format == Git || reference.git == GitOptions::default(),
        "options of git are set for another format"
    );
    ensure!(
        matches!(format, Tar | Zip) || reference.strip_components == 0,
        "options of archives are set for another format"
    );
    ensure!(format != Zip || !packed, "cannot specify compression type for zip files");
    ensure!(
        matches!(format, Tar | Zip | Binpb | Json | Txtpb | Yaml) || !packed,
        "compression is set for another format"
    );
    ensure!(
        matches!(format, Git | Tar | Zip) || reference.subdir == ".",
        "subdir is set for another format"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_guessed_from_the_path() {
        for (text, format, compression) in [
            (".", Format::Dir, Compression::None),
            ("proto/a", Format::Dir, Compression::None),
            (".git#branch=main", Format::Git, Compression::None),
            ("../.git#tag=v1,subdir=proto", Format::Git, Compression::None),
            ("https://h/a/b.git#ref=abc,branch=x", Format::Git, Compression::None),
            ("a.proto#include_package_files=true", Format::ProtoFile, Compression::None),
            ("a.tar", Format::Tar, Compression::None),
            ("a.tar.gz", Format::Tar, Compression::Gzip),
            ("a.tgz#strip_components=1", Format::Tar, Compression::Gzip),
            ("a.tar.zst#subdir=x", Format::Tar, Compression::Zstd),
            ("a.zip", Format::Zip, Compression::None),
            ("a.binpb", Format::Binpb, Compression::None),
            ("a.bin.gz", Format::Binpb, Compression::Gzip),
            ("a.json.zst", Format::Json, Compression::Zstd),
            ("a.txtpb", Format::Txtpb, Compression::None),
            ("a.yaml", Format::Yaml, Compression::None),
            ("-", Format::Binpb, Compression::None),
            ("-#format=json,compression=gzip", Format::Json, Compression::Gzip),
            ("x#format=bingz", Format::Binpb, Compression::Gzip),
            ("buf.build/a/b", Format::Module, Compression::None),
            ("grpc://127.0.0.1:1", Format::Reflection, Compression::None),
            ("released:shop.orders@1.0.0", Format::Released, Compression::None),
        ] {
            let parsed = parse(text).expect(text);
            assert_eq!((parsed.format, parsed.compression), (format, compression), "{text}");
        }
    }

    #[test]
    fn options_that_do_not_fit_are_errors() {
        for text in [
            "",
            "#a=b",
            "a#",
            "a#b#c=d",
            "a#b",
            "a#b=",
            "a#b=c=d",
            ".git#branch=a,branch=b",
            ".git#branch=a,tag=b",
            ".git#ref=a,commit=b",
            ".git#tag=a,commit=b",
            ".git#depth=0",
            ".git#depth=x",
            ".git#recurse_submodules=1",
            ".git#subdir=../x",
            ".#branch=main",
            ".#subdir=a",
            ".#compression=gzip",
            "a.zip#compression=gzip",
            "a.binpb#strip_components=1",
            "a.tar#strip_components=-1",
            ".#foo=bar",
            "a#format=foo",
            "a.tar#compression=lz",
            "a.x.gz",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
