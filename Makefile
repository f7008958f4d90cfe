# Two commands matter: `make run` and `make test`. PYTHON=… chooses the interpreter, SCRM_PORT=… the port.

.DEFAULT_GOAL := help
.PHONY: run test check docs audit bench soak help

run: ## 构建并启动全部服务，Ctrl-C 停止 / build what is missing and run everything until Ctrl-C
	@scripts/prepare run
	@exec .venv/bin/scrm up

test: ## 全部测试；E2E=0 跳过浏览器，ROOM=handovers 或 SINCE=main 只跑相关的 / all tests; E2E=0 without a browser, ROOM= or SINCE= what it concerns
	@scripts/prepare dev
	@exec scripts/test

check: ## 格式、类型、分层、迁移、接口类型、包体积、安全 / formats, types, layers, migrations, API types, budgets, security
	@scripts/prepare dev
	@exec scripts/check

docs: ## 按代码重写架构文档中的列表 / write the lists of the architecture page anew, from the code
	@scripts/prepare dev
	@exec .venv/bin/python -m tests.checks.documents

audit: ## 依赖的已知漏洞 / known vulnerabilities of what we depend on
	@scripts/prepare dev
	@exec scripts/audit

bench: ## 与裸处理函数的耗时比 / how many times the bare handler each operation takes
	@scripts/prepare dev
	@exec .venv/bin/python -m tests.bench

soak: ## 全量故障测试，时间较长 / fault tests at full size; takes its time
	@scripts/prepare dev
	@exec scripts/soak

help: ## 显示本说明 / this text
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
