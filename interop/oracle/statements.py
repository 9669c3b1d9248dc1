"""Cuts a proto file into statements, as far as a mutator needs it, and puts it together again.

Knows strings, comments and brackets, and which words open a block; nothing of what they mean. Holds: a file
that is not changed is written as it was.
"""

import re

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/|[A-Za-z_][A-Za-z0-9_]*|\s+|.', re.S)
BLOCK = re.compile(r"(?:(?:export|local)\s+)?(?:message|enum|service|oneof|extend|rpc)\b|(?:\w+\s+)?group\b")


class Statement:
    """What stands before it, its words, and for a block the statements in it and what stands before its `}`."""

    def __init__(self, lead, head, body=None, end=""):
        self.lead, self.head, self.body, self.end = lead, head, body, end

    def text(self):
        if self.body is None:
            return self.lead + self.head
        return self.lead + self.head + "".join(inner.text() for inner in self.body) + self.end

    def copy(self):
        return Statement(self.lead, self.head, self.body and [inner.copy() for inner in self.body], self.end)

    @property
    def words(self):
        return re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", self.head)

    @property
    def keyword(self):
        words = self.words
        return words[1] if words[:1] in (["export"], ["local"]) and len(words) > 1 else (words or [""])[0]


class File:
    def __init__(self, text):
        tokens = TOKEN.findall(text)
        self.body, rest, at = statements(tokens, 0)
        self.end = rest + "".join(tokens[at:])

    def text(self):
        return "".join(statement.text() for statement in self.body) + self.end

    def blocks(self):
        """Every list of statements, with the keyword of what it is in."""
        found = [("file", self.body)]
        for keyword, body in found:
            found += [(inner.keyword, inner.body) for inner in body if inner.body is not None]
        return found


def is_trivia(token):
    return token.isspace() or token.startswith(("//", "/*"))


def statements(tokens, at):
    """Up to the `}` that closes nothing here, or to the end; also what stands before that."""
    found, lead, head, depth = [], "", "", 0
    while at < len(tokens):
        token = tokens[at]
        if not head and is_trivia(token):
            lead += token
            at += 1
            continue
        if not head and token == "}":
            return found, lead, at
        head += token
        at += 1
        if token == "{" and depth == 0 and BLOCK.match(head):
            body, before, at = statements(tokens, at)
            closing = tokens[at] if at < len(tokens) else ""
            found.append(Statement(lead, head, body, before + closing))
            lead, head, at = "", "", at + 1
        elif token in "{[(" and len(token) == 1:
            depth += 1
        elif token in "}])" and len(token) == 1:
            depth -= 1
        elif token == ";" and depth <= 0:
            found.append(Statement(lead, head))
            lead, head, depth = "", "", 0
    return found, lead + head, at
