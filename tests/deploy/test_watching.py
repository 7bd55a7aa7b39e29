"""Prometheus's rules and Grafana's dashboard ask for series that /metrics has, as the page says."""

import json
import re
from ipaddress import ip_network

import pytest
import yaml
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from dvsa_alerts.operations.monitoring import health

DEPLOY = settings.BASE_DIR / "deploy"
GROUPS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
TESTS = yaml.safe_load((DEPLOY / "prometheus" / "tests.yml").read_text())["tests"]
PANELS = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())["panels"]
QUERIES = {
    **{f"rule {rule.get('alert') or rule['record']}": rule["expr"] for rule in RULES},
    **{f"panel {each['title']}": query["expr"] for each in PANELS for query in each["targets"]},
}
SERIES = re.compile(r"\bdvsa_\w+")
# A new database has nothing to say of them; each label is one of a family that is declared.
LABELS = {
    "part", "queue", "source", "channel", "state", "provider", "disk", "status", "route", "le",
    "instance",
}  # fmt: skip
# Of each part of check_health, the rule that fires with it.
RULE_OF = {
    "database": "Metrics", "migrations": "Parts", "cache": "Parts", "redis": "Redis",
    "beat": "Beat", "workers": "Workers", "sources": "Sources", "matching": "Matching",
    "reach": "Parts", "deliveries": "Deliveries", "mail": "Mail", "providers": "Providers",
    "sending": "Sending", "audit": "Audit", "settings": "Parts", "disk": "Disk",
    "archive": "Parts",
    "backups": "Backups",
}  # fmt: skip


@pytest.fixture
def declared(client, settings, tmp_path, db) -> set[str]:
    """The names of all series, and of what a histogram or counter is made of."""
    settings.TRUSTED_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.BACKUP_DIR = str(tmp_path)
    client.get("/nothing-here/")
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    endings = {"gauge": [""], "counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    return {f.name + ending for f in families for ending in endings.get(f.type, [""])}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_each_series_that_a_query_names_is_there(query, declared):
    named = set(SERIES.findall(query))
    assert named - declared == set()
    assert named or "dvsa:" in query


def test_each_recorded_series_is_recorded_by_a_rule():
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    named = {name for query in QUERIES.values() for name in re.findall(r"dvsa:[\w:]+", query)}
    assert named == recorded


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_each_label_that_a_query_sums_by_is_one_of_ours(query):
    for names in re.findall(r"by \(([^)]*)\)", query):
        assert set(names.split(", ")) <= LABELS


def test_each_part_of_check_health_has_its_rule():
    assert list(RULE_OF) == list(health.EVERYTHING)
    assert set(RULE_OF.values()) <= set(ALERTS)


def test_each_of_those_rules_is_tried_and_says_how_bad_it_is():
    tried = {case["alertname"] for test in TESTS for case in test["alert_rule_test"]}
    assert set(RULE_OF.values()) <= tried
    assert {rule["labels"]["severity"] for rule in ALERTS.values()} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"] for rule in ALERTS.values())
