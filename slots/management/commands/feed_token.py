"""`feed_token`: make, list and revoke the tokens with which a source posts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from audit.management.reporting import JsonCommand
from slots.models import Source, SourceToken
from slots.sources import UnknownSource, find_source
from slots.tokens import StaffNeedNoTokenError, make_token, revoke_token

EXAMPLE = """examples:
  manage.py feed_token create --source northern --label "their new server"
  manage.py feed_token list --source northern
  manage.py feed_token revoke --source northern --id 3
"""
Answer = dict[str, Any]


class Command(JsonCommand):
    """Look after the tokens of one source."""

    help = "Makes, lists or revokes the tokens with which a source posts its batches."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and for which source."""
        super().add_arguments(parser)
        parser.add_argument("action", choices=["create", "list", "revoke"])
        parser.add_argument("--source", required=True, metavar="NAME")
        parser.add_argument("--label", help="what the new token is for")
        parser.add_argument("--id", type=int, help="the token to revoke, as `list` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say in one sentence why not."""
        try:
            source = find_source(options["source"])
        except UnknownSource as error:
            raise CommandError(str(error)) from error
        lines, answer = getattr(self, f"_{options['action']}")(source, options)
        self.stdout.write(json.dumps(answer, default=str) if options["json"] else lines)

    def _create(self, source: Source, options: dict[str, Any]) -> tuple[str, Answer]:
        try:
            token, plain = make_token(source=source, label=options["label"], actor=None)
        except StaffNeedNoTokenError as error:
            raise CommandError(str(error)) from error
        said = f"Token {token.pk} of {source.name}, shown this once:\n{plain}"
        return said, {"id": token.pk, "source": source.name, "token": plain}

    def _list(self, source: Source, options: dict[str, Any]) -> tuple[str, Answer]:
        tokens = list(source.tokens.all())
        lines = "\n".join(map(_line, tokens)) or f"{source.name} has no tokens."
        return lines, {"source": source.name, "tokens": [_facts(token) for token in tokens]}

    def _revoke(self, source: Source, options: dict[str, Any]) -> tuple[str, Answer]:
        token = source.tokens.filter(pk=options["id"]).first()
        if token is None:
            raise CommandError(f"{source.name} has no token {options['id']}: --id says which.")
        revoked = revoke_token(token=token, actor=None)
        said = f"Token {token.pk} is revoked." if revoked else f"Token {token.pk} was revoked."
        return said, {"id": token.pk, "revoked": revoked}


def _facts(token: SourceToken) -> Answer:
    shown = ("id", "label", "hint", "created_at", "last_used_at", "revoked_at")
    return {name: getattr(token, name) for name in shown}


def _line(token: SourceToken) -> str:
    made = f"{token.created_at:%d %b %Y}"
    used = f"used {token.last_used_at:%d %b %Y %H:%M}" if token.last_used_at else "never used"
    state = "revoked" if token.revoked_at else "live"
    return f"{token.pk}  {token.hint}…  {state}  made {made}, {used}  {token.label or ''}".rstrip()
