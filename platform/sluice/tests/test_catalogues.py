"""A catalogue is compiled when it is new or has changed, and not otherwise."""

import gettext
import os
from pathlib import Path

from sluice.stack.catalogues import compile_catalogues

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Loan"\nmsgstr "{}"\n'


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO.format("贷款"), encoding="utf-8")
    (target,) = compile_catalogues(tmp_path)
    assert compile_catalogues(tmp_path) == []
    source.write_text(PO.format("借据"), encoding="utf-8")
    later = target.stat().st_mtime + 1
    os.utime(source, (later, later))
    assert compile_catalogues(tmp_path) == [target]
    with target.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Loan") == "借据"
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]
