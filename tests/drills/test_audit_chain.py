"""Many processes record at once while the log is sealed: one whole chain, and nobody waits."""

import subprocess
import sys

import pytest
from django.conf import settings

from audit.chain import seal, verify
from audit.models import AuditLog

PROCESSES = 8
RECORDER = """
import sys
import django; django.setup()
from django.db import transaction
from audit.chain import seal
from audit.trail import record
for number in range(int(sys.argv[1])):
    with transaction.atomic():
        record("drill.done", actor=None, subject=None, number=number)
        record("drill.done", actor=None, subject=None, again=number)
    if number % 50 == 0:
        seal()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "entries", [pytest.param(50), pytest.param(1000, marks=pytest.mark.long)], ids=str
)
def test_processes_that_record_at_once_leave_one_whole_chain(entries):
    words = [sys.executable, "-c", RECORDER, str(entries // 2)]
    recorders = [
        subprocess.Popen(words, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    said = [recorder.communicate()[1] for recorder in recorders]
    assert [recorder.returncode for recorder in recorders] == [0] * PROCESSES, said
    while seal()[0]:
        pass
    verdict = verify()
    assert (verdict.broken, verdict.unsealed) == (None, 0)
    assert verdict.checked == PROCESSES * entries == AuditLog.objects.count()
