"""What the fare model looks at."""

from __future__ import annotations

import pandas

FEATURES = ["tripDistance", "passengerCount", "minutes", "rateCodeID"]


def features(trips: pandas.DataFrame) -> pandas.DataFrame:
    """One row of numbers per trip; times may be text or timestamps."""
    pickup = pandas.to_datetime(trips["lpepPickupDatetime"])
    dropoff = pandas.to_datetime(trips["lpepDropoffDatetime"])
    minutes = (dropoff - pickup).dt.total_seconds() / 60
    return trips.assign(minutes=minutes.clip(0, 120))[FEATURES].astype(float)
