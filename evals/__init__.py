"""Quality of scoring and retrieval, measured: data sets, folds, figures with intervals."""
