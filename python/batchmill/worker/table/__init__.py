"""Slices of delimited files as pandas DataFrames (mltable-and-data.md 2.4, 2.6 and 2.9).

``load`` reads a mini-batch. Slices that a vectorised check finds regular go through the C parser of
pandas (``regular``), all others are split line by line (``lines``); both give the same frame, which
``convert`` defines column by column. Only ``load``, ``regular`` and ``convert`` import pandas or
numpy.
"""
