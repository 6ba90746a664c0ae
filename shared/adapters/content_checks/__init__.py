"""Checks of what the content is worth, beyond whether it loads: questions, pools, the catalog.

They work on domain objects, so that seeds, an administrator's writes and imports meet the same
ones. `questions` and `catalog` put the families of checks together; `seeds` runs them on files.
"""
