"""Compares two images, or descriptor sets, file by file and byte by byte.

Files are paired by name; their order does not count, nor does the order of a file's own fields. What buf
notes about a file (field 8042) is left out. Source info is compared location by location, in its order.
"""

IMAGE_EXTENSION = 8042
NAME, SOURCE_INFO = 1, 9
# FileDescriptorProto, by number.
PARTS = {
    1: "name", 2: "package", 3: "imports", 4: "messages", 5: "enums", 6: "services", 7: "extensions", 8: "options",
    9: "source info", 10: "public imports", 11: "weak imports", 12: "syntax", 14: "edition", 15: "option imports",
}  # fmt: skip


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def cut(data, at, length):
    if at + length > len(data):
        raise ValueError(f"cut short at {at}")
    return data[at : at + length]


def fields(data):
    """Number, value and bytes of every field of a message."""
    at = 0
    while at < len(data):
        begin = at
        tag, at = varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = cut(data, at, length), at + length
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
            value, at = cut(data, at, length), at + length
        else:
            raise ValueError(f"a group where descriptors have none, at {begin}")
        yield tag >> 3, value, data[begin:at]


def canonical(data):
    """With the fields of every message within in the order of their numbers.

    Go writes those of a oneof last. Text that reads as a message is taken for one, which is the same on both
    sides of a comparison.
    """
    try:
        parts = sorted(fields(data), key=lambda part: part[0])
    except (ValueError, IndexError):
        return data
    if any(number == 0 or len(encoded) < 2 for number, _, encoded in parts):
        return data
    return tuple((number, canonical(value) if isinstance(value, bytes) else value) for number, value, _ in parts)


def numbers(packed):
    at, found = 0, []
    while at < len(packed):
        number, at = varint(packed, at)
        found.append(number)
    return found


def read(path):
    """The files of an image by name, each as its fields by number."""
    files = {}
    with open(path, "rb") as image:
        data = image.read()
    for number, value, _ in fields(data):
        if number == 1:
            parts = {}
            for inner, part, encoded in fields(value):
                if inner != IMAGE_EXTENSION:
                    parts.setdefault(inner, []).append(part if inner == SOURCE_INFO else encoded)
            files[next(part for inner, part, _ in fields(value) if inner == NAME).decode()] = parts
    return files


def without(path, names, out):
    """Writes an image without some files, and without what imports them."""
    data = path.read_bytes()
    files = [(encoded, list(fields(value))) for number, value, encoded in fields(data) if number == 1]
    names, kept, left = set(names), [], len(files) + 1
    while len(files) < left:
        left, kept = len(files), []
        for encoded, parts in files:
            name = next(value.decode() for number, value, _ in parts if number == NAME)
            if name in names or any(number == 3 and value.decode() in names for number, value, _ in parts):
                names.add(name)
            else:
                kept.append((encoded, parts))
        files = kept
    out.write_bytes(b"".join(encoded for encoded, _ in files))
    return names


def locations(parts):
    return [encoded for info in parts.get(SOURCE_INFO, []) for number, _, encoded in fields(info) if number == 1]


def tell(location):
    """A location for people: path, span and comments."""
    inner = next(value for _, value, _ in fields(location))
    said = {number: value for number, value, _ in fields(inner)}
    comments = [f"{name} {said[number].decode()!r}" for number, name in ((3, "leading"), (4, "trailing"), (6, "detached")) if number in said]
    return " ".join([str(numbers(said.get(1, b""))), str(numbers(said.get(2, b""))), *comments])


def differences(ours, theirs, source_info=True):
    """What differs, one line each, at most one for each part of a file."""
    for name in sorted(set(ours) ^ set(theirs)):
        yield f"{name}: only {'we have' if name in ours else 'the other has'} it"
    for name in sorted(set(ours) & set(theirs)):
        one, two = ours[name], theirs[name]
        for number in sorted(set(one) | set(two)):
            if number != SOURCE_INFO and not same(one.get(number, []), two.get(number, [])):
                yield f"{name}: {PARTS.get(number, number)} differ"
        if source_info and one.get(SOURCE_INFO) != two.get(SOURCE_INFO):
            yield from different_locations(name, locations(one), locations(two))


def same(one, two):
    return one == two or [canonical(part) for part in one] == [canonical(part) for part in two]


def different_locations(name, one, two):
    at = next((at for at, (ours, theirs) in enumerate(zip(one, two)) if ours != theirs), min(len(one), len(two)))
    show = lambda all: tell(all[at]) if at < len(all) else "nothing"
    if one != two:
        yield f"{name}: location {at}: we say {show(one)}, the other {show(two)}"
