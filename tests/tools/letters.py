#!/usr/bin/env python3
"""Print the rows of gateway/api/letters.c: ranges of letters and numbers beyond ASCII."""
import unicodedata

start = None
row = "\t"
for cp in range(0x80, 0x110001):
    letter = cp < 0x110000 and unicodedata.category(chr(cp))[0] in "LN"
    if letter and start is None:
        start = cp
    if not letter and start is not None:
        cell = "{ 0x%x, 0x%x }, " % (start, cp - 1)
        if len(row) + len(cell) > 94:
            print(row.rstrip())
            row = "\t"
        row += cell
        start = None
print(row.rstrip())
