"""Pure Python without Django: money, rates, periods, ids, refusals."""
