"""The parts of train.py: data and split, models and export, evaluation, drift, documents."""
