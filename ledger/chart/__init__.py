"""Chart of accounts, the roles its accounts play, and the posting rules that name roles.

* `queries.account_of(role, on_date=...)`: the code that plays a role in this bank.
* `posting_rules.compose(event, amounts, on_date=..., policy=...)`: the lines of an event, as data says.
* `operations`: open accounts, map a role, tag a reference with its product, seed a new bank.
"""
