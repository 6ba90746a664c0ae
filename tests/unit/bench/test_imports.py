from bench.imports import Part, heaviest

TOLD = """import time: self [us] | cumulative | imported package
import time:      9000 |       9000 |   encodings
import time:       800 |        800 | site
import time:      1500 |       1500 |     pydantic.main
import time:       500 |       2000 |   pydantic
import time:      3000 |       5000 | functions.get_status
"""


def test_packages_are_summed_up_and_the_start_of_python_is_left_out():
    assert heaviest(TOLD) == [
        Part(package="functions", milliseconds=3.0),
        Part(package="pydantic", milliseconds=2.0),
    ]
