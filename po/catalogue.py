# SPDX-License-Identifier: ISC
"""What the scripts around the words share: finding the sentences in the sources, reading and writing .po files."""
import pathlib
import re

PO = pathlib.Path(__file__).resolve().parent
SRC = PO.parent / 'src'
UI = PO.parent / 'ui/src'
LANGUAGES = ('de', 'fr', 'pl', 'pt')

# Tables of facts with sentences for people: the file, the list, which arguments of X() hold such.
TABLES = (
    ('facts/causes.h', 'CAUSES', (10, 11)),
    ('facts/deviations.h', 'DEVIATIONS', None),
    ('facts/problems.h', 'PROBLEMS', (2,)),
    ('facts/findings.h', 'FINDINGS', (3, 4)),
    ('facts/fix_steps.h', 'FIX_STEPS', (1,)),
    ('facts/reporters.h', 'REPORTERS', (2,)),
    ('facts/derived_matters.h', 'DERIVED_MATTERS', (4, 5)),
    ('facts/alert_facts.h', 'ALERT_RULES', (2,)),
    ('facts/record_parts.h', 'RECORD_PARTS', (1,)),
    ('facts/oidc_problems.h', 'OIDC_PROBLEMS', (2,)),
)
# The arguments of a call that are texts; two of them are singular and plural.
CALLS = {'tr': (0,), 'tr_mark': (0,), 'tr_n': (0, 1), 'WORDS': (1,), 'WORDS_N': (2, 3)}

TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<line>\n)
  | (?P<other>\\\n|\S)''', re.S | re.X)
ESCAPES = {'n': '\n', 't': '\t', '\\': '\\', '"': '"', '%': '%'}


def unescape(text):
    return re.sub(r'\\(.)', lambda m: ESCAPES[m.group(1)], text)


def tokens(text):
    """(kind, value, line); strings that stand side by side are one, unescaped."""
    out, line = [], 1
    for match in TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group()
        if kind == 'string' or kind == 'name' or kind == 'char' or (kind == 'other' and value != '\\\n'):
            if kind == 'string' and out and out[-1][0] == 'string':
                out[-1] = ('string', out[-1][1] + value[1:-1], out[-1][2])
            else:
                out.append((kind, value[1:-1] if kind == 'string' else value, line))
        line += value.count('\n')
    return out


def arguments(toks, at):
    """The arguments of the call whose "(" (or "{") stands at `at`, as lists of (token, depth)."""
    depth, args, i = 0, [[]], at
    while i < len(toks):
        kind, value, _ = toks[i]
        if kind == 'other' and value in '([{':
            depth += 1
        elif kind == 'other' and value in ')]}':
            depth -= 1
            if depth == 0:
                return args, i
        if kind == 'other' and value == ',' and depth == 1:
            args.append([])
        elif i > at:
            args[-1].append((toks[i], depth))
        i += 1
    return args, i


def literals(arg):
    return [(unescape(tok[1]), tok[2]) for tok, depth in arg if tok[0] == 'string' and depth == 1]


def in_calls(toks):
    for i, (kind, value, _) in enumerate(toks):
        if kind != 'name' or value not in CALLS or i + 1 >= len(toks) or toks[i + 1][1] != '(':
            continue
        args, _ = arguments(toks, i + 1)
        wanted = CALLS[value]
        if len(args) <= wanted[-1]:
            continue
        texts = [literals(args[n]) for n in wanted]
        if len(wanted) == 1:
            yield from ((text, None, line) for text, line in texts[0])
        elif texts[0] and texts[1]:
            yield texts[0][0][0], texts[1][0][0], texts[0][0][1]


def in_columns(toks):
    """The titles and the help of the columns of tables."""
    for i in range(len(toks) - 6):
        if [t[1] for t in toks[i:i + 2]] != ['struct', 'doc_column'] or toks[i + 3][1] != '[':
            continue
        start = next((n for n in range(i, min(i + 10, len(toks))) if toks[n][1] == '{'), None)
        if start is None:
            continue
        rows, _ = arguments(toks, start)
        for row in rows:
            inner = [tok for tok, _ in row]
            if not inner or inner[0][1] != '{':
                continue
            fields, _ = arguments(inner, 0)
            for n in (0, 4):
                if n < len(fields):
                    yield from ((text, None, line) for text, line in literals(fields[n]))


def in_table(toks, name, wanted):
    start = next(i for i in range(len(toks)) if toks[i][1] == name and toks[i - 1][1] == 'define')
    end = next((i for i in range(start, len(toks)) if toks[i][1] == 'define'), len(toks))
    for i in range(start + 4, end):
        if toks[i][1] == 'X' and toks[i + 1][1] == '(':
            args, _ = arguments(toks, i + 1)
            for n in wanted if wanted is not None else (len(args) - 1,):
                yield from ((text, None, line) for text, line in literals(args[n]))


# --- the web application ---

# Which arguments of a call are texts; of pgettext() the first one is the context.
UI_CALL = re.compile(r'(?<![\w.$])(_|ngettext|pgettext)\((\s*)')
UI_STRING = re.compile(r"""'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)\"""")
UI_COMMENT = re.compile(r'/\*.*?\*/|<!--.*?-->|(?m:^[ \t]*//[^\n]*$)', re.S)


def ui_strings(text, at, wanted, place):
    """The texts of `wanted` literal arguments that begin at `at`."""
    out = []
    for n in range(wanted):
        match = UI_STRING.match(text, at)
        if match is None:
            raise SystemExit(f'{place}: a text has to stand here as one literal in quotes, not as a template or a sum')
        out.append(re.sub(r'\\(.)', lambda m: ESCAPES.get(m.group(1), m.group(1)), match.group(1) or match.group(2) or ''))
        at = match.end()
        rest = re.compile(r'\s*([,)])\s*').match(text, at)
        if rest is None or (n + 1 < wanted and rest.group(1) != ','):
            raise SystemExit(f'{place}: a text has to stand here as one literal in quotes, not as a template or a sum')
        at = rest.end()
    return out


def in_ui(path, text):
    """(text or context and text, plural or None, line) of each call of _(), ngettext() and pgettext()."""
    text = UI_COMMENT.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)
    for match in UI_CALL.finditer(text):
        if text[:match.start()].rstrip().endswith('function'):
            continue
        line = text.count('\n', 0, match.start()) + 1
        name = match.group(1)
        texts = ui_strings(text, match.end(), 1 if name == '_' else 2, f'{path}:{line}')
        if name == '_':
            yield texts[0], None, line
        elif name == 'ngettext':
            yield texts[0], texts[1], line
        else:
            yield key_of(texts[0], texts[1]), None, line


def key_of(context, text):
    """What an entry is found by: the text, with its context before it where it has one (as in .mo files)."""
    return text if context is None else f'{context}\x04{text}'


def extract():
    """All texts for people: {key: (plural or None, [places])}, in the order of the sources."""
    found = {}

    def add(path, entries):
        for one, many, line in entries:
            if one == '' or not re.search('[A-Za-z]', re.sub(r'\{\w+\}', '', one)):
                continue
            plural, places = found.setdefault(one, (many, []))
            if plural != many:
                raise SystemExit(f'{path}:{line}: "{one}" stands with two plurals ("{plural}" and "{many}"); '
                                 'word one of them differently')
            places.append(f'{path}:{line}')

    for name, table, wanted in TABLES:
        add('src/' + name, in_table(tokens((SRC / name).read_text()), table, wanted))
    for path in sorted(SRC.glob('*/*.c')) + sorted(SRC.glob('*/*.h')):
        toks = tokens(path.read_text())
        name = str(path.relative_to(SRC.parent))
        add(name, in_calls(toks))
        add(name, in_columns(toks))
    for path in sorted([*UI.rglob('*.ts'), *UI.rglob('*.svelte')]):
        if not path.name.endswith('.d.ts'):
            name = str(path.relative_to(SRC.parent))
            add(name, in_ui(name, path.read_text()))
    return found


# --- .po files ---

def quote(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('\t', '\\t') + '"'


class Entry:
    def __init__(self, one, many=None, texts=None, fuzzy=False, places=(), context=None):
        self.one, self.many, self.texts, self.fuzzy, self.places = one, many, texts or [], fuzzy, list(places)
        self.context = context

    @property
    def key(self):
        return key_of(self.context, self.one)

    def is_in(self, folder):
        return any(place.startswith(folder + '/') for place in self.places)


def read(language):
    """(header text, {key: Entry})."""
    header, entries, entry, field = '', {}, None, None
    fuzzy, index, places, context = False, 0, [], None

    def close():
        nonlocal header, entry
        if entry is not None:
            if entry.one == '':
                header = entry.texts[0] if entry.texts else ''
            elif entry.key not in entries or not all(entries[entry.key].texts):
                # Two changes that brought the same sentence leave it twice; the first complete one is kept, and
                # po/update writes it once.
                entries[entry.key] = entry
        entry = None

    path = PO / f'{language}.po'
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if line.startswith('#,'):
            fuzzy = 'fuzzy' in line
        if line.startswith('#: '):
            places.append(line[3:])
        if line.startswith('#') or line.strip() == '':
            continue
        match = re.fullmatch(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?"(.*)"', line.strip())
        if match is None:
            raise SystemExit(f'po/{language}.po:{number}: not a line of a catalogue')
        keyword, number_text, text = match.groups()
        text = unescape(text)
        if keyword == 'msgctxt':
            context = text
        elif keyword == 'msgid':
            close()
            entry, field = Entry(text, fuzzy=fuzzy, places=places, context=context), 'one'
            fuzzy, places, context = False, [], None
        elif keyword == 'msgid_plural':
            entry.many, field = text, 'many'
        elif keyword == 'msgstr':
            index, field = int(number_text or 0), 'text'
            while len(entry.texts) <= index:
                entry.texts.append('')
            entry.texts[index] = text
        elif field == 'one':
            entry.one += text
        elif field == 'many':
            entry.many += text
        else:
            entry.texts[index] += text
    close()
    return header, entries


def write(language, header, entries):
    out = ['# SPDX-License-Identifier: ISC', 'msgid ""', 'msgstr ""']
    out += [quote(line + '\n') for line in header.rstrip('\n').split('\n')]
    for entry in entries:
        out.append('')
        out += [f'#: {place}' for place in entry.places]
        out += ['#, fuzzy'] if entry.fuzzy else []
        out += ['msgctxt ' + quote(entry.context)] if entry.context is not None else []
        out.append('msgid ' + quote(entry.one))
        if entry.many is None:
            out.append('msgstr ' + quote(entry.texts[0] if entry.texts else ''))
        else:
            out.append('msgid_plural ' + quote(entry.many))
            out += [f'msgstr[{n}] ' + quote(text) for n, text in enumerate(entry.texts)]
    (PO / f'{language}.po').write_text('\n'.join(out) + '\n')


def plural_count(header):
    match = re.search(r'nplurals=(\d)', header)
    return int(match.group(1)) if match else 2
