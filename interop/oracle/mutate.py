"""Changes proto files at random, as people do by intent and by slip: seeded, so that it can be done again.

`mutate(files, random)` changes a module in place, `{path: text}`, and tells what it did. Most of what comes out
compiles; what does not is as good a question to two compilers.
"""

import re

from statements import File, Statement

FIELD = re.compile(
    r"^(?P<label>(?:optional|required|repeated)\s+)?(?P<type>map\s*<[^>]*>|\.?[A-Za-z_][\w.]*)(?P<gap>\s+)(?P<name>\w+)"
    r"(?P<is>\s*=\s*)(?P<number>\d+)(?P<options>\s*\[.*\])?\s*;$",
    re.S,
)
VALUE = re.compile(r"^(?P<name>\w+)(?P<is>\s*=\s*)(?P<number>-?\d+)(?P<options>\s*\[.*\])?\s*;$", re.S)
RPC = re.compile(r"^rpc\s+(\w+)\s*\(\s*(stream\s+)?([\w.]+)\s*\)\s*returns\s*\(\s*(stream\s+)?([\w.]+)\s*\)", re.S)
SCALARS = "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes".split()
KIN = ["int32 uint32 int64 uint64 bool", "sint32 sint64", "string bytes", "fixed32 sfixed32", "fixed64 sfixed64"]
NOT_FIELDS = {"message", "enum", "oneof", "extend", "option", "reserved", "extensions", "rpc", "service", "group", "import"}
FILE_OPTIONS = [
    ("java_package", '"com.example"'), ("java_outer_classname", '"Outer"'), ("java_multiple_files", "true"),
    ("go_package", '"example.com/go;pkg"'), ("objc_class_prefix", '"EX"'), ("csharp_namespace", '"Example.V1"'),
    ("swift_prefix", '"EX"'), ("php_class_prefix", '"EX"'), ("php_namespace", '"Example"'), ("ruby_package", '"Example"'),
    ("php_metadata_namespace", '"Example"'), ("optimize_for", "CODE_SIZE"), ("optimize_for", "LITE_RUNTIME"),
    ("cc_enable_arenas", "false"), ("cc_generic_services", "true"), ("java_generic_services", "true"),
    ("py_generic_services", "true"), ("java_string_check_utf8", "true"), ("deprecated", "true"),
]  # fmt: skip
FEATURES = [
    ("field_presence", ["EXPLICIT", "IMPLICIT", "LEGACY_REQUIRED"]), ("enum_type", ["OPEN", "CLOSED"]),
    ("repeated_field_encoding", ["PACKED", "EXPANDED"]), ("utf8_validation", ["VERIFY", "NONE"]),
    ("message_encoding", ["LENGTH_PREFIXED", "DELIMITED"]), ("json_format", ["ALLOW", "LEGACY_BEST_EFFORT"]),
]  # fmt: skip
FIELD_OPTIONS = [
    "deprecated = true", "deprecated = false", "packed = true", "packed = false", "lazy = true", "weak = true",
    "jstype = JS_STRING", "jstype = JS_NUMBER", "jstype = JS_NORMAL", "ctype = CORD", "ctype = STRING_PIECE",
    'json_name = "other"', 'json_name = "naïve"', 'default = "a\\tb"', "default = 7", "default = -1", "default = true",
    "default = 1.5", "default = inf", "debug_redact = true", "retention = RETENTION_SOURCE",
]  # fmt: skip
COMMENTS = [
    "// Said of it.\n", "/* Said of it. */\n", "/* beside */ ", "/** Two\n * lines. */\n", "// apart\n\n", "//\n",
    "// buf:lint:ignore FIELD_LOWER_SNAKE_CASE\n", "// buf:lint:ignore ENUM_VALUE_PREFIX\n", "/* 日本 é */ ",
    "// buf:lint:ignore MESSAGE_PASCAL_CASE because of the past\n", "\t", "\n\n", "   ",
]  # fmt: skip
NAMES = ["kind", "Kind", "camelCase", "UPPER_CASE", "with__two", "trailing_", "_leading", "v2", "HTTPServer", "a1b2"]


class Nothing(Exception):
    """There is nothing of that kind to change here."""


class Module:
    def __init__(self, files, random):
        self.files = {path: File(text) for path, text in files.items()}
        self.random = random

    def some(self, things):
        things = list(things)
        if not things:
            raise Nothing
        return self.random.choice(things)

    def file(self):
        return self.files[self.some(sorted(self.files))]

    def blocks(self, *keywords):
        return [body for file in self.files.values() for keyword, body in file.blocks() if keyword in keywords]

    def within(self, *keywords):
        """The list that a statement is in, and the statement."""
        return [(body, one) for body in self.blocks(*keywords) for one in body]

    def fields(self):
        every = self.within("message", "oneof", "extend")
        return [(body, one, match) for body, one in every if one.body is None and one.keyword not in NOT_FIELDS for match in [FIELD.match(one.head)] if match]

    def values(self):
        return [(body, one, match) for body, one in self.within("enum") for match in [VALUE.match(one.head)] if match]

    def declared(self, *keywords):
        return [one.words[one.words.index(one.keyword) + 1] for body in self.blocks("file", "message") for one in body
                if one.keyword in keywords and len(one.words) > 1]  # fmt: skip

    def replace_word(self, old, new):
        for file in self.files.values():
            again = File(re.sub(rf"\b{re.escape(old)}\b", new, file.text()))
            file.body, file.end = again.body, again.end

    def spare(self, one):
        """Most of the time, leaves alone what others need: types in use, imports, syntax and package."""
        is_used = one.keyword in ("syntax", "edition", "package", "import")
        if one.keyword in ("message", "enum"):
            name = one.words[one.words.index(one.keyword) + 1]
            is_used = sum(len(re.findall(rf"\b{name}\b", file.text())) for file in self.files.values()) > 1
        if is_used and self.random.random() < 0.8:
            raise Nothing

    def new_name(self, old):
        return self.some([old + "2", "new_" + old, "New" + old, old.upper(), old.capitalize(), old + "_", *NAMES])


def fits(option, kind):
    """Whether an option can be right for a field of that type."""
    words = {"packed": "int|bool|fixed|float|double", "lazy": "^[A-Z]", "weak": "^$", "jstype": "64", "ctype": "string|bytes"}
    name, _, value = option.partition(" = ")
    if name == "default":
        kinds = {'"': "string|bytes", "t": "bool", "i": "float|double", "-": "^s?int"}
        return re.search(kinds.get(value[0], "float|double" if "." in value else "int|fixed|float"), kind)
    return re.search(words.get(name, ""), kind)


# What cannot stand in files of these kinds, most of the time.
UNFIT = {
    "proto2": r"\bfeatures\b|^\s*(export|local)\s|import option|reserved [a-z]|^\s*(?!option|reserved|return|package|import|syntax|rpc)[\w.]+ \w+ = \d+\s*[;\[]",
    "proto3": r"\bfeatures\b|^\s*(export|local|required|extensions)\s|\bgroup\b|default =|import option|reserved [a-z]|java_string_check",
    "2023": r"^\s*(export|local|optional|required)\s|\bgroup\b|import option|reserved \"|java_string_check|packed =",
    "2024": r"^\s*(optional|required)\s|\bgroup\b|ctype|reserved \"|java_string_check|packed =|import weak|java_multiple_files",
}
UNFIT["2026"] = UNFIT["2024"]


def is_fit(text):
    found = re.search(r'^(?:syntax|edition)\s*=\s*"(\w+)"', text, re.M)
    unfit = UNFIT.get(found[1] if found else "proto2")
    # In a proto2 file the fields of a oneof have no label.
    return not unfit or not re.search(unfit, re.sub(r"oneof [^}]*}", "", text), re.M)


def rebuilt(match, **changed):
    parts = {**match.groupdict(""), **changed}
    order = ("label", "type", "gap", "name", "is", "number", "options")
    return "".join(str(parts.get(part, "")) for part in order) + ";"


def rename_declaration(module):
    body, one = module.some((b, o) for b, o in module.within("file", "message", "enum", "service") if o.body is not None and o.keyword != "extend")
    name = one.words[one.words.index(one.keyword) + 1]
    new = module.new_name(name)
    if module.random.random() < 0.85:
        module.replace_word(name, new)
    else:
        one.head = re.sub(rf"\b{name}\b", new, one.head, count=1)


def rename_field(module):
    _, one, match = module.some(module.fields())
    one.head = rebuilt(match, name=module.new_name(match["name"]))


def rename_value(module):
    _, one, match = module.some(module.values())
    one.head = rebuilt(match, name=module.new_name(match["name"]))


def renumber(module):
    _, one, match = module.some(module.fields() + module.values())
    old = int(match["number"])
    one.head = rebuilt(match, number=module.some([old + 1, old + 20, old + 33, old + 47, old + 100, hex(old + 3), 19500, 536870911, 536870912, 0, -1]))


def swap_numbers(module):
    every = module.fields() + module.values()
    body, one, match = module.some(every)
    _, two, other = module.some(there for there in every if there[0] is body and there[1] is not one)
    one.head, two.head = rebuilt(match, number=other["number"]), rebuilt(other, number=match["number"])


def retype(module):
    _, one, match = module.some(module.fields())
    kin = [kind for group in KIN if match["type"] in group.split() for kind in group.split()]
    types = kin * 3 + SCALARS + module.declared("message", "enum") * 2
    if not match["label"]:
        types += ["map<string, %s>" % module.some(SCALARS), "map<%s, string>" % module.some(SCALARS)]
    one.head = rebuilt(match, type=module.some(types))


def relabel(module):
    _, one, match = module.some(module.fields())
    one.head = rebuilt(match, label=module.some(["", "optional ", "repeated ", "required "]))


def set_field_option(module):
    _, one, match = module.some(module.fields() + module.values())
    feature, answers = module.some(FEATURES)
    options = FIELD_OPTIONS if match.re is FIELD else FIELD_OPTIONS[:2]
    if match.re is FIELD and module.random.random() < 0.9:
        options = [option for option in options if fits(option, match["type"])]
    new = module.some([*options, f"features.{feature} = {module.some(answers)}"])
    old = match["options"] and re.sub(r"^\s*\[|\]$", "", match["options"])
    kept = f"{old}, " if old and module.random.random() < 0.7 else ""
    one.head = rebuilt(match, options=f" [{kept}{new}]")


def drop_options(module):
    _, one, match = module.some(m for m in module.fields() + module.values() if m[2]["options"])
    one.head = rebuilt(match, options="")


def delete(module):
    body, one = module.some(module.within("file", "message", "enum", "service", "oneof", "extend", "rpc"))
    module.spare(one)
    body.remove(one)


def delete_and_reserve(module):
    """Of a field or value; sometimes only the number or only the name."""
    body, one, match = module.some(module.fields() + module.values())
    kinds = [found for keyword in ("message", "enum") for found in module.blocks(keyword) if found is body]
    if not kinds:
        raise Nothing
    at = body.index(one)
    number, name = Statement(one.lead, f"reserved {match['number']};"), Statement(one.lead, f'reserved "{match["name"]}";')
    body[at : at + 1] = module.some([[number], [name], [number, name]])


def reserve(module):
    body = module.some(module.blocks("message", "enum"))
    body.append(Statement("\n  ", module.some(["reserved 900 to 910;", "reserved 1000 to max;", 'reserved "gone", "lost";', "reserved gone;", "reserved 7;"])))


def duplicate(module):
    body, one = module.some(module.within("file", "message", "enum", "service", "oneof"))
    again = one.copy()
    match = FIELD.match(one.head) or VALUE.match(one.head)
    if match and one.body is None:
        again.head = rebuilt(match, name=match["name"] + "_too", number=int(match["number"]) + module.some([0, 30, 100]))
    elif len(one.words) > 1:
        again.head = one.head.replace(one.words[-1] if one.body is None else one.words[1], "Another", 1)
    body.insert(module.random.randrange(len(body) + 1), again)


def reorder(module):
    body = module.some(body for body in module.blocks("file", "message", "enum", "service", "oneof") if len(body) > 1)
    at, to = module.random.sample(range(len(body)), 2)
    body[at], body[to] = body[to], body[at]


def move(module):
    """A declaration or field into another message or file."""
    body, one = module.some((b, o) for b, o in module.within("file", "message", "oneof") if o.keyword not in ("syntax", "edition", "package"))
    to = module.some(module.blocks("file") if one.keyword in ("service", "import") else module.blocks("message", "oneof", "file"))
    relocate(module, body, one, to)


def wrap_in_oneof(module):
    body, one, _ = module.some(field for field in module.fields() if any(field[0] is body for body in module.blocks("message")))
    one.head = re.sub(r"^(optional|required|repeated)\s+", "", one.head)
    body[body.index(one)] = Statement(one.lead, "oneof choice {", [one], "\n  }")


def unwrap_oneof(module):
    body, one = module.some((b, o) for b, o in module.within("message") if o.keyword == "oneof")
    at = body.index(one)
    body[at : at + 1] = one.body


def add_value_or_field(module):
    body = module.some(module.blocks("message", "enum", "oneof"))
    is_enum = any(body is found for found in module.blocks("enum"))
    texts = ["ADDED = 77;", "ADDED = 78 [deprecated = true];", "ADDED = 0x4f;", "ADDED = 0;", "ADDED = -5;"] if is_enum else [
        "string added = 77;", "optional int32 added = 78;", "repeated int64 added = 79;", "map<string, bytes> added = 80;",
        "optional group Added = 81 { optional int32 a = 1; }", "bytes added = 82 [deprecated = true];",
    ]  # fmt: skip
    body.insert(module.random.randrange(len(body) + 1), Statement("\n  ", module.some(texts)))


def set_file_option(module):
    file = module.file()
    name, value = module.some(FILE_OPTIONS)
    if module.random.random() < 0.8:
        file.body[:] = [one for one in file.body if not (one.keyword == "option" and name in one.head)]
    last = max((at for at, one in enumerate(file.body) if one.keyword in ("syntax", "edition", "package", "import")), default=-1)
    file.body.insert(last + 1, Statement("\n", f"option {name} = {value};"))


def set_block_option(module):
    body = module.some(module.blocks("file", "message", "enum", "service", "rpc", "oneof"))
    feature, answers = module.some(FEATURES)
    options = ["deprecated = true", "allow_alias = true", "idempotency_level = NO_SIDE_EFFECTS", "message_set_wire_format = true",
               "no_standard_descriptor_accessor = true", f"features.{feature} = {module.some(answers)}",
               f"features = {{ {feature}: {module.some(answers)} }}"]  # fmt: skip
    first = next((at for at, one in enumerate(body) if one.keyword not in ("syntax", "edition", "package", "import")), len(body))
    body.insert(first, Statement("\n  ", f"option {module.some(options)};"))


def change_rpc(module):
    _, one = module.some((b, o) for b, o in module.within("service") if RPC.match(o.head))
    match = RPC.match(one.head)
    name, inward, request, outward, response = match.groups("")
    types = [*module.declared("message"), "google.protobuf.Empty", request, response]
    inward, outward = module.some([inward, "stream ", ""]), module.some([outward, "stream ", ""])
    if module.random.random() < 0.5:
        request = module.some(types)
    if module.random.random() < 0.5:
        response = module.some(types)
    one.head = f"rpc {name}({inward}{request}) returns ({outward}{response}){one.head[match.end() :]}"


def add_service(module):
    types = module.declared("message")
    request, response = module.some(types), module.some(types)
    file = module.file()
    file.body.append(Statement("\n", "service %s {" % module.some(["Added", "AddedService", "added_service"]),
                               [Statement("\n  ", f"rpc {module.some(['Get', 'get_it', 'Get2'])}({request}) returns ({response});")], "\n}\n"))  # fmt: skip


def change_syntax(module):
    file = module.file()
    file.body[:] = [one for one in file.body if one.keyword not in ("syntax", "edition")]
    text = module.some(['syntax = "proto2";', 'syntax = "proto3";', 'edition = "2023";', 'edition = "2024";', "", 'edition = "2026";'])
    if text:
        file.body.insert(0, Statement("", text))


def change_import(module):
    file = module.file()
    imports = [one for one in file.body if one.keyword == "import"]
    texts = ['import "google/protobuf/any.proto";', 'import "google/protobuf/empty.proto";', 'import "missing.proto";',
             'import public "google/protobuf/timestamp.proto";', 'import weak "google/protobuf/duration.proto";',
             'import option "google/protobuf/descriptor.proto";']  # fmt: skip
    if imports and module.random.random() < 0.5:
        one = module.some(imports)
        one.head = re.sub(r"^import\s+(public\s+|weak\s+|option\s+)?", "import " + module.some(["", "public ", "weak "]), one.head)
    else:
        at = max((at for at, one in enumerate(file.body) if one.keyword in ("syntax", "edition", "package", "import")), default=-1)
        file.body.insert(at + 1, Statement("\n", module.some(texts)))


def change_extensions(module):
    body = module.some(module.blocks("message"))
    name = module.some(module.declared("message"))
    texts = ["extensions 5000 to 5010;", "extensions 6000, 7000 to max;", "extensions 100 to 199 [verification = UNVERIFIED];",
             f"extend {name} {{ optional int32 extra = 5001; repeated string extras = 5002; }}"]  # fmt: skip
    body.append(Statement("\n  ", module.some(texts)))


def comment(module):
    _, one = module.some(module.within("file", "message", "enum", "service", "oneof", "extend", "rpc"))
    new = module.some(COMMENTS)
    one.lead = module.some([one.lead + new, re.sub(r"\n\s*$", "\n" + new, one.lead), "\n", one.lead.replace("\n", "\r\n"), re.sub(r"//[^\n]*\n", "", one.lead)])


def comment_behind(module):
    body, one = module.some(module.within("file", "message", "enum", "service", "oneof"))
    at = body.index(one)
    behind = module.some([" // behind", " /* behind */", " /* a */ /* b */", "\n  // below", "\n  // below\n", "\n\n  // away\n\n"])
    if at + 1 < len(body):
        body[at + 1].lead = behind + body[at + 1].lead
    elif one.body:
        one.body[0].lead = behind + "\n" + one.body[0].lead.lstrip(" ")


def nest(module):
    """A top-level declaration into a message."""
    body, one = module.some((b, o) for b, o in module.within("file") if o.keyword in ("message", "enum"))
    relocate(module, body, one, module.some(module.blocks("message")))


def relocate(module, body, one, to):
    if any(to is inner for inner in inner_blocks(one)):
        raise Nothing
    module.spare(one)
    body.remove(one)
    to.append(one)


def inner_blocks(one):
    found = [one.body] if one.body is not None else []
    for body in found:
        found += [inner.body for inner in body if inner.body is not None]
    return found


def visibility(module):
    _, one = module.some((b, o) for b, o in module.within("file", "message") if o.keyword in ("message", "enum"))
    one.head = module.some(["export ", "local ", ""]) + re.sub(r"^(export|local)\s+", "", one.head)


# With how often each is chosen.
WAYS = [
    (rename_declaration, 5), (rename_field, 6), (rename_value, 5), (renumber, 5), (swap_numbers, 3), (retype, 8), (relabel, 5),
    (set_field_option, 7), (drop_options, 3), (delete, 9), (delete_and_reserve, 6), (reserve, 4), (duplicate, 4), (reorder, 3),
    (move, 4), (wrap_in_oneof, 3), (unwrap_oneof, 2), (add_value_or_field, 4), (set_file_option, 7), (set_block_option, 6),
    (change_rpc, 6), (add_service, 3), (change_syntax, 2), (change_import, 5), (change_extensions, 3), (comment, 6),
    (comment_behind, 4), (nest, 2), (visibility, 1),
]  # fmt: skip


def mutate(files, random, times):
    """Changes so often; tells the names of what was done."""
    done = []
    while len(done) < times:
        module = Module(files, random)
        (way,) = random.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])
        was_fit = all(map(is_fit, files.values()))
        try:
            way(module)
        except Nothing:
            continue
        if was_fit and random.random() < 0.9 and not all(is_fit(file.text()) for file in module.files.values()):
            continue
        files.update((path, file.text()) for path, file in module.files.items())
        done.append(way.__name__)
    return done
