"""House rules that imports cannot show, each a function over a folder: each can be broken on purpose."""
