"""Who owns, guarantees, pays and shares what with whom: relations with validity, and what follows from them.

Promises: relations are ended, never changed; every read is as of a day and of what was known at an instant;
an applicant's figures cost one statement; the whole graph is reckoned each night, resumably.
"""
