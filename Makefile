# Every target sets up what it needs; nothing is installed twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test evals bench lint train-embedding clean

run: $(VENV)/.installed
	@echo "→ De assistent start; open http://127.0.0.1:7860"
	@$(BIN)/python app.py

test: $(VENV)/.installed-test
	@echo "→ Tests en evaluaties"
	@HF_HUB_OFFLINE=1 $(BIN)/python -m pytest tests evals --ignore=tests/browser
	@echo "→ Tests in de browser"
	@HF_HUB_OFFLINE=1 $(BIN)/python -m pytest tests/browser

evals: $(VENV)/.installed-test
	@HF_HUB_OFFLINE=1 $(BIN)/python -m pytest evals

lint: $(VENV)/.installed-test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: $(VENV)/.installed-test
	@HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks

train-embedding: $(VENV)/.installed-test
	@HF_HUB_OFFLINE=1 $(BIN)/python -m training.train_embedding
	@HF_HUB_OFFLINE=1 $(BIN)/python -m training.train_late_interaction --hide dev rank

$(BIN)/python:
	@echo "→ Virtuele omgeving maken in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 of nieuwer is nodig; geef een ander pad met: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "→ Pakketten installeren (eenmalig, enkele minuten)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml requirements.lock | $(BIN)/python
	@echo "→ Pakketten voor tests installeren (eenmalig, enkele minuten)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .assistant build dist .mypy_cache .ruff_cache .pytest_cache
