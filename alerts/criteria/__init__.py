"""What a saved search asks of a slot, each criterion declared once.

Matching, the count before saving, "why (not) this alert", narrowing, messages, the last check
before sending and the form read this list; the canary alone says the rules again, on purpose. To
add one: a module here and its line in CRITERIA, the column of the saved search with its
migration, its fields' place in `alerts/search_form.html`, the canary's own reading, and a test.
"""

from alerts.criteria.bookable import (
    AllowedCenter,
    ChangesLeft,
    LastDayToChange,
    Retake,
    TheoryPass,
)
from alerts.criteria.criterion import Criterion
from alerts.criteria.days import Dates, Weekdays
from alerts.criteria.days_ahead import Earlier, Notice
from alerts.criteria.excluded_dates import ExcludedDates
from alerts.criteria.kinds import TestType
from alerts.criteria.place import Place
from alerts.criteria.times import Times

TEST_TYPE, PLACE = TestType(), Place()
# In the order in which a promise says them.
CRITERIA: tuple[Criterion, ...] = (
    TEST_TYPE, PLACE, Dates(), Weekdays(), ExcludedDates(), Times(), Earlier(), Notice(),
    TheoryPass(), Retake(), ChangesLeft(), LastDayToChange(), AllowedCenter(),
)  # fmt: skip
COLUMNS = tuple(column for criterion in CRITERIA for column in criterion.columns)
FIELDS = {name: field for criterion in CRITERIA for name, field in criterion.fields.items()}

# Whether a slot fits a search, wherever its centre is.
FITS = " AND ".join(criterion.fits for criterion in CRITERIA if criterion is not PLACE)
# Whether the learner, by what they say of their tests, can take it.
FITS_LEARNER = " AND ".join(criterion.fits for criterion in CRITERIA if criterion.is_of_learner)
