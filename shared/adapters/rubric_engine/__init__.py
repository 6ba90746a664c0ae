"""Marks essays without a model: reading, coverage of key points, features, marks, words.

The order of the modules is the order of the work: `reading` cuts a text into sentences and stems,
`rubric` prepares what is looked for, `coverage` looks for it, `features` measures the text,
`coefficients` and `marks` make marks of it, `quotes` and `feedback` say why.
"""
