"""The developer's side of brokerline: run, call, test-flows, deploy, seed, bench, reset, lint."""
