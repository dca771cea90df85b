# What there is to do with this repository. `make` alone says so.
#
# Every target installs what it is missing first (see scripts/setup). Nothing is written into the
# checkout but ui/node_modules, ui/dist and gen.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test lint ci fmt bench bench-ui evaluate package screens bindings icons setup

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: ## build the application and open its window
	@scripts/run

test: ## run every test there is
	@scripts/test

lint: ## formatting, lints, types and documentation, warnings as errors
	@scripts/lint

ci: lint test ## what continuous integration runs

fmt: ## format Rust and UI
	@cargo fmt --all
	@scripts/setup ui
	@npm --prefix ui run --silent format

bench: ## measure store, mail and command line on a large database
	@scripts/bench

bench-ui: ## measure the window
	@scripts/bench-ui

evaluate: ## measure text understanding on labelled data
	@scripts/evaluate

package: ## build the .deb and the AppImage
	@scripts/package

screens: ## take pictures of every screen
	@scripts/screens

bindings: ## write the UI's types from the command table
	@scripts/bindings

icons: ## draw the icons of every size from icons/anteroom.svg
	@scripts/icons

setup: ## install everything that the other targets need
	@scripts/setup run test bench package
