import { family, type MetricFamily, type Sample } from '../../platform/observability/metric-family.js';
import type { CircuitState } from './circuit.js';
import type { Guard } from './guard.js';
import type { Resilience } from './resilience.js';
import type { ResiliencePolicy } from './resilience-policy.js';

type Metric<T> = readonly [name: string, help: string, read: (source: T) => number];

const stateNumbers: Readonly<Record<CircuitState, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

const serviceMetrics: readonly Metric<ResiliencePolicy>[] = [
  ['remote_calls_total', 'Calls that were made, retries not counted.', ({ counts }) => counts.calls],
  ['remote_retries_total', 'Attempts after the first.', ({ counts }) => counts.retries],
  ['remote_retries_refused_total', 'Attempts that the budget did not allow.', ({ counts }) => counts.retriesRefused],
  ['remote_retry_budget', 'Retries that the budget allows now.', ({ budget }) => budget.left],
  ['remote_attempts_given_up_total', 'Attempts given up for another instance.', ({ counts }) => counts.givenUp],
  ['remote_instances', 'Known instances.', ({ instances }) => instances.known],
  ['remote_ejected_instances', 'Instances that get no calls for a while.', ({ instances }) => instances.ejected],
  ['remote_ejections_total', 'Instances taken out.', ({ balancer }) => balancer.ejections],
];

const bulkheadMetrics: readonly Metric<Guard>[] = [
  ['bulkhead_running', 'Calls under way.', ({ bulkhead }) => bulkhead.running],
  ['bulkhead_limit', 'Calls that may be under way.', ({ bulkhead }) => bulkhead.limit],
  ['bulkhead_refused_total', 'Calls refused because too many were under way.', ({ bulkhead }) => bulkhead.refused],
];

const numbers = <T extends Guard>(metrics: readonly Metric<T>[], sources: readonly T[], label: string) =>
  metrics.map(([name, help, read]) =>
    family(
      name,
      help,
      sources.map((each) => [{ [label]: each.name }, read(each)]),
    ),
  );

const stateOf = ({ name, circuit }: Guard): Sample => [{ circuit: name }, stateNumbers[circuit.state]];

const transitionsOf = ({ name, circuit }: Guard): Sample[] =>
  Object.entries(circuit.transitions).map(([to, count]) => [{ circuit: name, to }, count]);

function callsOf({ name, circuit: { counts } }: Guard): Sample[] {
  const outcomes = { success: counts.successes, failure: counts.failures, rejected: counts.rejected };
  return Object.entries(outcomes).map(([outcome, count]) => [{ circuit: name, outcome }, count]);
}

export const resilienceFamilies = ({ guards, policies }: Resilience): readonly MetricFamily[] => [
  family('circuit_state', '0 closed, 1 half open, 2 open.', guards.map(stateOf)),
  family('circuit_transitions_total', 'How often the circuit came to this state.', guards.flatMap(transitionsOf)),
  family('circuit_calls_total', 'Calls after their retries; rejected ones were not made.', guards.flatMap(callsOf)),
  ...numbers(serviceMetrics, policies, 'service'),
  ...numbers(bulkheadMetrics, guards, 'name'),
];
