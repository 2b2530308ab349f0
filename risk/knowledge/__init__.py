"""What the bank knows about risk, each piece tied to something that runs (S4-11, S4-12).

An entry says in two languages what is known and on what evidence, names its owner and its end, and links the
rule of a signed strategy or a condition in the rules' own language, with what that did on past decisions. An
entry past its end shows as expired: nothing is known for good.
"""
