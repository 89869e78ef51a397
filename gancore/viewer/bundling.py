"""The script's modules as one text, so that a page and a report need neither a bundler nor a server of files.

They are ES modules, which tools check one by one. Of imports and exports only the plainest forms are allowed, so that
each module becomes a function that returns its exports, called in the order of the imports.
"""

from __future__ import annotations

import re
from importlib import resources

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:const|let|class|function) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:.|\n)*?\*/ *)\n|/\*\* @type [^*]*\*/ ", re.MULTILINE)
"""Comments and types, which are a quarter of the text and are read in the modules."""
OTHER = re.compile(r"^(?:import\b|export (?!default\b)).*", re.MULTILINE)


def bundle(entry: str) -> str:
    """The modules that ``entry`` imports, each in a scope of its own, and then the entry as it is.

    Raises ValueError where an import or an export has another form, or names what is not there.
    """
    texts: dict[str, str] = {}
    _collect(entry, texts, ())
    last = texts.pop(entry)
    return "\n".join([*(_scope(name, text) for name, text in texts.items()), _plain(entry, last)])


def _collect(name: str, texts: dict[str, str], within: tuple[str, ...]) -> None:
    """Adds the text of a module after those of its imports."""
    if name in within:
        raise ValueError(f"{name}: is imported by what it imports, {', '.join(within)}")
    if name in texts:
        return
    text = _read(name)
    for names, imported in IMPORT.findall(text):
        _collect(imported, texts, (*within, name))
        unknown = set(_names(names)) - set(_exports(texts[imported]))
        if unknown:
            raise ValueError(f"{name}: {imported} does not export {', '.join(sorted(unknown))}")
    texts[name] = text


def _read(name: str) -> str:
    return (resources.files("gancore.viewer") / "script" / f"{name}.js").read_text(encoding="utf-8")


def _names(listed: str) -> list[str]:
    return [name for part in listed.split(",") if (name := part.strip())]


def _exports(text: str) -> list[str]:
    return [name for _, name in EXPORT.findall(text)]


def _scope(name: str, text: str) -> str:
    return f"const ${name} = (() => {{\n{_plain(name, text)}return {{ {', '.join(_exports(text))} }};\n}})();"


def _plain(name: str, text: str) -> str:
    """A module whose imports are taken from the others' results; the default export of an entry stays."""
    text = EXPORT.sub(r"\1", COMMENT.sub("", text))
    text = IMPORT.sub(lambda found: f"const {{ {', '.join(_names(found[1]))} }} = ${found[2]};\n", text)
    if other := OTHER.search(text):
        raise ValueError(f'{name}: {other[0]!r} is not allowed; use import {{ name }} from "./module.js", export const')
    return text
