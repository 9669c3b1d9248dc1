//! Changes descriptors at random, as people change sources: renames, renumbers, retypes, moves.

use std::collections::HashSet;

use treaty_compiler::descriptor::{
    Enum, EnumValue, Field, File, Kind, Label, Message, Oneof, Options, Syntax,
};
use treaty_compiler::wire::{put_int32, put_message, put_number};

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }
}

/// What was done, and whether it could be done.
pub(crate) fn mutate(file: &mut File, random: &mut Random) -> Option<String> {
    let before = file.clone();
    let what = if random.below(4) == 0 {
        let at = random.below(file.enums.len());
        let (syntax, one) = (file.syntax, file.enums.get_mut(at)?);
        format!("{}: {}", one.name.clone(), enumeration(syntax, one, random)?)
    } else {
        let enums: Vec<String> =
            file.enums.iter().map(|one| format!(".{}", one.full_name)).collect();
        let types: Vec<String> =
            file.messages.iter().map(|one| format!(".{}", one.full_name)).collect();
        let at = random.below(file.messages.len());
        let (syntax, one) = (file.syntax, file.messages.get_mut(at)?);
        format!("{}: {}", one.name.clone(), message(syntax, one, &types, &enums, random)?)
    };
    if is_sound(file) {
        return Some(what);
    }
    *file = before;
    None
}

fn message(
    syntax: Syntax,
    one: &mut Message,
    types: &[String],
    enums: &[String],
    random: &mut Random,
) -> Option<String> {
    let count = one.fields.len();
    let at = random.below(count);
    let name = one.fields.get(at).map(|field| field.name.to_string())?;
    let is_map = one.messages.iter().any(|entry| {
        let of = format!(".{}", entry.full_name);
        one.fields[at].type_name.as_deref() == Some(&of)
    });
    match random.below(13) {
        0 | 1 => {
            let field = one.fields.remove(at);
            if random.below(2) == 0 {
                one.reserved_ranges.push((field.number, field.number + 1));
                one.reserved_names.push(field.name.clone());
            }
            tidy_oneofs(one);
            Some(format!("delete {name}"))
        }
        2 | 3 => {
            let number = 40 + i32::try_from(random.below(5)).ok()?;
            let mut field = Field {
                name: format!("added_{number}").into(),
                json_name: Some(format!("added{number}").into()),
                number,
                ..Field::default()
            };
            retype(&mut field, types, enums, random);
            let real = one.oneofs.iter().position(|oneof| !oneof.name.starts_with('_'));
            match (random.below(4), real) {
                (0, Some(oneof)) => field.oneof_index = u32::try_from(oneof).ok(),
                (1, _) => field.label = Label::Repeated,
                (2, _) if syntax == Syntax::Proto2 => field.label = Label::Required,
                _ => {}
            }
            let text = format!("add {field:?}");
            one.fields.push(field);
            Some(text)
        }
        4 => {
            one.fields[at].number = 40 + i32::try_from(random.below(9)).ok()?;
            Some(format!("renumber {name}"))
        }
        5 => {
            one.fields[at].name = format!("renamed_{name}").into();
            one.fields[at].json_name = Some(format!("renamed{name}").into());
            Some(format!("rename {name}"))
        }
        6 => {
            one.fields[at].json_name = Some(format!("other{}", random.below(3)).into());
            Some(format!("json name of {name}"))
        }
        7 | 8 if !is_map => {
            retype(&mut one.fields[at], types, enums, random);
            Some(format!(
                "retype {name} to {:?} {:?}",
                one.fields[at].kind, one.fields[at].type_name
            ))
        }
        9 if !is_map && one.fields[at].oneof_index.is_none() => {
            let field = &mut one.fields[at];
            field.label = match (random.below(3), syntax) {
                (0, Syntax::Proto2) => Label::Required,
                (1, _) => Label::Repeated,
                _ => Label::Optional,
            };
            field.default_value = None;
            Some(format!("relabel {name} to {:?}", field.label))
        }
        10 if !is_map => oneof(one, at, random).map(|what| format!("{what} {name}")),
        11 => option(syntax, &mut one.fields[at], random).map(|what| format!("{what} {name}")),
        12 if !is_map && syntax == Syntax::Proto3 && one.fields[at].label == Label::Optional => {
            presence(one, at);
            Some(format!("presence of {name}"))
        }
        _ => None,
    }
}

fn retype(field: &mut Field, types: &[String], enums: &[String], random: &mut Random) {
    let kind = Kind::ALL[random.below(Kind::ALL.len())];
    let kind = if kind == Kind::Group { Kind::Message } else { kind };
    field.kind = Some(kind);
    field.default_value = None;
    field.options = None;
    field.type_name = match kind {
        Kind::Message => Some(types[random.below(types.len())].as_str().into()),
        Kind::Enum => Some(enums[random.below(enums.len())].as_str().into()),
        _ => None,
    };
}

fn oneof(one: &mut Message, at: usize, random: &mut Random) -> Option<&'static str> {
    if one.fields[at].proto3_optional || one.fields[at].label != Label::Optional {
        return None;
    }
    if one.fields[at].oneof_index.is_some() {
        one.fields[at].oneof_index = None;
        tidy_oneofs(one);
        return Some("take out of its oneof");
    }
    let real = one.oneofs.iter().position(|oneof| !oneof.name.starts_with('_'));
    let index = match real {
        Some(index) if random.below(2) == 0 => index,
        _ => {
            // Declared ones stand before those of proto3 `optional`.
            one.oneofs.insert(0, Oneof { name: format!("one_{at}").into(), options: None });
            let fields = one.fields.iter_mut().filter_map(|field| field.oneof_index.as_mut());
            fields.for_each(|index| *index += 1);
            0
        }
    };
    one.fields[at].oneof_index = u32::try_from(index).ok();
    one.fields[at].default_value = None;
    Some("put into a oneof")
}

/// Oneofs without members are no oneofs.
fn tidy_oneofs(one: &mut Message) {
    let used: HashSet<u32> = one.fields.iter().filter_map(|field| field.oneof_index).collect();
    for index in (0..one.oneofs.len()).rev() {
        let number = u32::try_from(index).unwrap();
        if !used.contains(&number) {
            one.oneofs.remove(index);
            let later = one.fields.iter_mut().filter_map(|field| field.oneof_index.as_mut());
            later.filter(|index| **index > number).for_each(|index| *index -= 1);
        }
    }
}

/// `optional` of proto3, on or off.
fn presence(one: &mut Message, at: usize) {
    if one.fields[at].proto3_optional {
        one.fields[at].proto3_optional = false;
        one.fields[at].oneof_index = None;
        tidy_oneofs(one);
    } else if one.fields[at].oneof_index.is_none() {
        one.oneofs.push(Oneof { name: format!("_{}", one.fields[at].name).into(), options: None });
        one.fields[at].oneof_index = u32::try_from(one.oneofs.len() - 1).ok();
        one.fields[at].proto3_optional = true;
    }
}

fn option(syntax: Syntax, field: &mut Field, random: &mut Random) -> Option<&'static str> {
    let scalar = !matches!(field.kind, Some(Kind::Message | Kind::Group));
    match syntax {
        Syntax::Proto2 if field.label == Label::Optional && scalar => {
            let value = match field.kind? {
                Kind::String => "text",
                Kind::Bool => "true",
                Kind::Enum | Kind::Bytes => return None,
                _ => ["7", "8"][random.below(2)],
            };
            field.default_value = Some(value.into());
            Some("default of")
        }
        Syntax::Edition(_) if field.oneof_index.is_none() => {
            let (feature, value, what) = match (random.below(4), field.label) {
                (0, Label::Optional) if scalar && field.kind != Some(Kind::Enum) => {
                    (1, 1 + i32::try_from(random.below(3)).ok()?, "presence feature of")
                }
                (1, Label::Repeated) if scalar => (3, 2, "encoding feature of"),
                (2, _) if field.kind == Some(Kind::Message) => (5, 2, "delimited feature of"),
                (3, _) if field.kind == Some(Kind::String) => (4, 3, "utf8 feature of"),
                _ => return None,
            };
            field.options = Some(feature_options(21, feature, value));
            Some(what)
        }
        _ if field.label == Label::Repeated && scalar => {
            if matches!(field.kind?, Kind::String | Kind::Bytes) {
                return None;
            }
            let mut bytes = Vec::new();
            put_number(&mut bytes, 2, random.below(2) as u64);
            field.options = Some(Box::new(Options::new(bytes)));
            Some("packing of")
        }
        _ => None,
    }
}

fn feature_options(holder: u32, feature: u32, value: i32) -> Box<Options> {
    let mut bytes = Vec::new();
    put_message(&mut bytes, holder, |into| put_int32(into, feature, value));
    Box::new(Options::new(bytes))
}

fn enumeration(syntax: Syntax, one: &mut Enum, random: &mut Random) -> Option<String> {
    let at = random.below(one.values.len());
    let name = one.values[at].name.to_string();
    let value = |name: String, number| EnumValue { name: name.into(), number, options: None };
    match random.below(7) {
        0 => {
            let number = 20 + i32::try_from(random.below(3)).ok()?;
            one.values.push(value(format!("{}_ADDED_{number}", one.name), number));
            Some(format!("add {number}"))
        }
        1 => {
            let deleted = one.values.remove(at);
            if random.below(2) == 0 {
                one.reserved_ranges.push((deleted.number, deleted.number));
                one.reserved_names.push(deleted.name);
            }
            Some(format!("delete {name}"))
        }
        2 => {
            one.values[at].name = format!("RENAMED_{name}").into();
            Some(format!("rename {name}"))
        }
        3 => {
            one.values[at].number = 30;
            Some(format!("renumber {name}"))
        }
        4 => {
            let mut bytes = Vec::new();
            put_number(&mut bytes, 2, 1);
            if one.options.is_some() {
                return None;
            }
            one.options = Some(Box::new(Options::new(bytes)));
            let number = one.values[at].number;
            one.values.push(value(format!("{name}_ALIAS"), number));
            Some(format!("alias of {name}"))
        }
        5 => {
            let last = one.values.len() - 1;
            one.values.swap(at, last);
            Some(format!("move {name}"))
        }
        _ if syntax.is_editions() && one.options.is_none() => {
            one.options = Some(feature_options(7, 2, 2));
            Some("close".to_owned())
        }
        _ => None,
    }
}

/// What a compiler checks of what mutations may break.
fn is_sound(file: &File) -> bool {
    let open = |one: &Enum| {
        let features = treaty_compiler::Features::of(file.syntax);
        let features = features.below(one.options.as_deref(), treaty_compiler::Holder::Enum);
        features.enum_type == treaty_compiler::EnumType::Open
    };
    file.enums.iter().all(|one| {
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        let aliased = one.options.as_ref().is_some_and(|options| options.flag(2));
        !one.values.is_empty()
            && (!open(one) || one.values[0].number == 0)
            && one.values.iter().all(|value| names.insert(&value.name))
            && (aliased || one.values.iter().all(|value| numbers.insert(value.number)))
            && one.values.iter().all(|value| !one.reserved_names.contains(&value.name))
    }) && file.messages.iter().all(|one| {
        let (mut names, mut json, mut numbers) = (HashSet::new(), HashSet::new(), HashSet::new());
        one.fields.iter().all(|field| {
            names.insert(&field.name)
                && json.insert(&field.json_name)
                && numbers.insert(field.number)
                && !one.reserved_names.contains(&field.name)
                && !one
                    .reserved_ranges
                    .iter()
                    .any(|(start, end)| (*start..*end).contains(&field.number))
        })
    })
}
