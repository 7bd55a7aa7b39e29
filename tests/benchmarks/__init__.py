"""The numbers that the program has to reach, each measured beside its limit in one run.

`./dev bench` runs every subject, `./dev bench search page` those named; `--scale 0.01` builds a
hundredth of the data. A subject is a module `subjects/<name>.py`, listed in SUBJECTS, with one
function:

    def compare(world: World, rounds: int) -> Iterator[Figure]:
        world.add_searches()                          # builds only what nobody has asked for yet
        taken = in_turns(ours, theirs, rounds=rounds) # each a callable; `before` isn't timed
        same(rows_of_ours, rows_of_theirs)            # raises Different: no figure without this
        yield longer("matching", "one opening …", taken, at_most=1.15)

`faster` is for a ratio of speeds that has to be reached, `absolute` for seconds, megabytes and
the like. A side that knows better than a clock around it how long it took answers its seconds
as a float.
A subject leaves the data as it found them. The smoke test runs each on a tiny world and looks
only at whether both sides did the same work.
"""

SUBJECTS = (
    "search",
    "page",
    "matching",
    "postcodes",
    "memory",
    "ingest",
    "saving",
    "moving_centers",
    "dispatch",
    "push",
    "latency",
    "audit",
    "starving",
)
# They run only when they are named: one builds worlds of its own, one loads the site for minutes,
# one gives the world a past, two ask questions that are settled.
ON_REQUEST = ("growth", "load", "admin", "partitioning", "waves")
