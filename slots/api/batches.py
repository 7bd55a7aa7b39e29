"""Posting batches, and asking what became of one."""

from http import HTTPStatus
from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.limits.requests import RateLimit
from slots.api import schema
from slots.api.authentication import OwnSource, TokenAuthentication
from slots.api.bodies import json_body
from slots.api.problems import Problem
from slots.api.serializers import OutcomeSerializer
from slots.api.views import ApiView
from slots.config import API_POSTS_PER_MINUTE
from slots.ingestion.batches import BadBatch, Batch, parse_json
from slots.ingestion.ingest import Outcome, ingest, refuse
from slots.models import FeedBatch, Source, SourceToken

Status = FeedBatch.Status
FIELDS = ("sequence", "observed_at", "complete", "covers", "slots")


class SourceView(ApiView):
    """What only the holder of one of the source's tokens may do."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (OwnSource,)
    parser_classes = ()
    rate_limit = RateLimit("api_post", API_POSTS_PER_MINUTE)

    @property
    def source(self) -> Source:
        """The source of the request's token."""
        return cast("SourceToken", self.request.auth).source

    def answer(self, request: Request, batch: FeedBatch, outcome: str) -> dict[str, Any]:
        """What became of a batch, with where to ask again."""

        def url(batch: FeedBatch) -> str:
            where = {"name": batch.source.name, "batch_id": batch.pk}
            return reverse("api_batch", kwargs=where, request=request)

        return OutcomeSerializer(batch, context={"url": url}).data | {"status": outcome}


class BatchesView(SourceView):
    """Where a source posts."""

    @extend_schema(request=schema.BATCH, responses=schema.POSTING)
    def post(self, request: Request, name: str) -> Response:
        """Take in a batch, whole or not at all; sent again, it changes nothing.

        201: applied. 200: nothing had to change (sent before, or observed before a newer one).
        202: held, since it would close too much; `url` says later what staff decided.
        """
        with json_body(request) as body:
            batch = _read(self.source, body)
            outcome = ingest(source=self.source, batch=batch)
        if outcome.status == Status.REFUSED:
            raise _refused(self.source, batch, outcome)
        stored = FeedBatch.objects.select_related("source").get(pk=outcome.batch)
        answer = self.answer(request, stored, outcome.status)
        status = _status(outcome, stored)
        return Response(answer, status, headers={"Location": answer["url"]})


class BatchView(SourceView):
    """One batch of a source."""

    @extend_schema(responses=schema.ASKING)
    def get(self, request: Request, name: str, batch_id: int) -> Response:
        """What became of a batch, as it is now."""
        batches = FeedBatch.objects.filter(source=self.source).select_related("source")
        batch = get_object_or_404(batches, pk=batch_id)
        return Response(self.answer(request, batch, batch.status))


def _read(source: Source, body: Any) -> Batch:
    """The batch, or the 422 that names the field; staff see the refusal among its batches."""
    try:
        return parse_json(body)
    except BadBatch as fault:
        refuse(source=source, reason=fault.reason)
        errors = [{"field": fault.field, "detail": fault.reason}] if fault.field else []
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fault.reason, errors=errors) from fault


def _refused(source: Source, batch: Batch, outcome: Outcome) -> Problem:
    taken = FeedBatch.objects.filter(source=source, sequence=batch.sequence)
    if taken.exclude(status=Status.REFUSED).exclude(digest=batch.digest).exists():
        return Problem(HTTPStatus.CONFLICT, str(outcome.reason))
    reason = str(outcome.reason)
    field = reason.partition(" ")[0]  # a reason starts with the field that it is about
    errors = [{"field": field, "detail": reason}] if field in FIELDS else []
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, reason, errors=errors)


def _status(outcome: Outcome, stored: FeedBatch) -> HTTPStatus:
    """202 as long as staff are to decide, also when it is sent again meanwhile."""
    if stored.status == Status.HELD:
        return HTTPStatus.ACCEPTED
    new = outcome.status in (Status.APPLIED, Status.BASELINE)
    return HTTPStatus.CREATED if new else HTTPStatus.OK
