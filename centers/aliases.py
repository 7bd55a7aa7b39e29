"""Giving a centre another name, by which sources may call it."""

from django.db import transaction

from audit.trail import Actor, record
from centers.models import Center, CenterAlias
from centers.naming import fold


class AliasTakenError(ValueError):
    """The name stands for a centre already; str() says for which."""


def check_alias(alias: str, *, besides: int | None = None) -> str:
    """The folded form of a name that is free, or the alias' own (by id); else AliasTakenError."""
    folded = fold(alias)
    taken = CenterAlias.objects.filter(folded=folded).select_related("center").first()
    if taken and taken.pk != besides:
        raise AliasTakenError(f"That already stands for {taken.center}.")
    return folded


@transaction.atomic
def add_alias(*, center: Center, alias: str, actor: Actor | None) -> CenterAlias:
    """Let a name as it was sent stand for a centre. Raises AliasTakenError."""
    folded = check_alias(alias)
    made = CenterAlias.objects.create(center=center, alias=alias, folded=folded)
    record("centeralias.added", actor=actor, subject=made, center=center.pk, alias=alias)
    return made
