"""What pages show of codes in the database has words in the reader's language."""

from flask import Flask
from flask_babel import force_locale

from callcenter.access.permissions import declared, words_of
from callcenter.access.views.subjects import subject_words
from callcenter.kernel.db import Model


def test_every_permission_has_words_in_both_languages(app: Flask) -> None:
    with app.test_request_context():
        for code in declared():
            with force_locale("en"):
                english = words_of(code)
            with force_locale("zh_CN"):
                chinese = words_of(code)

            assert english != code
            assert chinese != english


def test_no_two_permissions_have_the_same_words(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh_CN"):
        words = [words_of(code) for code in declared()]

    assert len(set(words)) == len(words)


def test_every_audited_kind_of_row_has_words_in_both_languages(app: Flask) -> None:
    audited = {
        mapper.class_.__tablename__
        for mapper in Model.registry.mappers
        if mapper.class_.__audited__
    }

    with app.test_request_context():
        for table in sorted(audited):
            with force_locale("en"):
                english = subject_words(table)
            with force_locale("zh_CN"):
                chinese = subject_words(table)

            assert english != table
            assert chinese != english
