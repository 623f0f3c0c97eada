"""Monitoring: what the decisions are expected to cost before outcomes are known, and what they did cost after."""
