"""Cross-checks (交叉检验, IPC): what is declared against what two or more sources show (S2-32, S2-22).

Promises: nothing is confirmed by one source; more evidence against never credits more; a conflict becomes a
question of the field interview, whose answers are kept; an invoice is financed once (S2-38).
"""
