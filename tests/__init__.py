"""The tests of `invoicing`: the tree of this folder is the tree of the package."""
