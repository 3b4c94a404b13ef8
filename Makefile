# make serve · make test · make check · make bench · make help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests side by side; each may start Neo4j servers of about 1 GB.
JOBS ?= 2
TASKS ?= 20000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# HOST, PORT, STORE may stand before or after «make serve».
export KG_HOST := $(if $(HOST),$(HOST),$(KG_HOST))
export KG_PORT := $(if $(PORT),$(PORT),$(KG_PORT))
export KG_STORE := $(if $(STORE),$(STORE),$(KG_STORE))

.PHONY: help setup needs serve test check format accuracy bench notebooks clean

help:            ## 列出各项目标 · list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.ready  ## 建立虚拟环境，含开发工具 · virtual environment with the tools

# Built whole or not at all: a set-up that was broken off leaves no mark and is begun anew.
# Serving needs the program only; testing needs the tools as well.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '错误：需要 Python 3.11 或更新：make PYTHON=python3.11 …' >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo '错误：建不了虚拟环境；Debian/Ubuntu 请先 apt-get install python3-venv' >&2; exit 2; }
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.ready: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@

serve: $(VENV)/.installed  ## 加载随附文件并提供服务 · load and serve on http://127.0.0.1:8000
	@$(BIN)/kg serve

test: setup check needs  ## 全部测试 · every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

needs: setup     ## 测试所需：Java、Maven、Chromium，没有就安装 · what the tests need, installed if missing
	@$(BIN)/python -m tests.needs

check: setup     ## 检查格式与类型 · linters and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup    ## 统一格式 · format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

accuracy: setup ## 各文件、各字段的准确率 · accuracy per document and field
	@$(BIN)/python -m tests.accuracy

bench: setup     ## 性能测量 · benchmarks
	$(BIN)/python -m bench --tasks $(TASKS)

notebooks: setup ## 执行笔记本并写成网页 · run the notebooks, write HTML to build/notebooks
	$(BIN)/jupyter-nbconvert --to html --execute --output-dir build/notebooks notebooks/*.ipynb

clean:           ## 删去可重建的一切 · remove what can be rebuilt
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
