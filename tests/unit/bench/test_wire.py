import io

from bench.connection_kinds import Wire


def test_reading_after_sending_is_one_round_trip_however_much_is_read():
    wire = Wire(io.BytesIO(b"answers"), delay_seconds=0)

    wire.write(b"")
    wire.flush()
    wire.write(b"")
    wire.flush()
    wire.read(3)
    wire.read(4)

    assert wire.round_trips == 1


def test_reading_without_having_sent_waits_for_nothing():
    wire = Wire(io.BytesIO(b"answers"), delay_seconds=0)

    wire.read(1)

    assert wire.round_trips == 0
