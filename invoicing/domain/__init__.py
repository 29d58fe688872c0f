"""Money, totals, counters, lifecycle, terms and codes: pure, with no table, no settings and no clock."""
