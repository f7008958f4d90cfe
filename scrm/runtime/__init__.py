"""Runs the whole service on one machine: embedded PostgreSQL and Redis, supervision, backup."""
