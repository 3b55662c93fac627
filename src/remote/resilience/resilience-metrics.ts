import { family, type MetricFamily, type Sample } from '../../platform/observability/metric-family.js';
import type { Circuit, CircuitState } from './circuit.js';
import type { Resilience } from './resilience.js';
import type { ResiliencePolicy } from './resilience-policy.js';

const stateNumbers: Readonly<Record<CircuitState, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

function circuitFamilies(circuits: readonly Circuit[]): MetricFamily[] {
  const states = circuits.map(({ name, state }): Sample => [{ circuit: name }, stateNumbers[state]]);
  const transitions = circuits.flatMap(({ name: circuit, transitions }) =>
    Object.entries(transitions).map(([to, count]): Sample => [{ circuit, to }, count]),
  );
  const calls = circuits.flatMap(({ name: circuit, counts: { successes, failures, rejected } }): Sample[] => [
    [{ circuit, outcome: 'success' }, successes],
    [{ circuit, outcome: 'failure' }, failures],
    [{ circuit, outcome: 'rejected' }, rejected],
  ]);
  return [
    family('circuit_state', 'gauge', '0 closed, 1 half open, 2 open.', states),
    family('circuit_transitions_total', 'counter', 'How often the circuit came to this state.', transitions),
    family('circuit_calls_total', 'counter', 'Calls after their retries; rejected ones were not made.', calls),
  ];
}

type PolicyMetric = readonly [
  metric: string,
  type: 'counter' | 'gauge',
  help: string,
  read: (policy: ResiliencePolicy) => number,
];

const policyMetrics: readonly PolicyMetric[] = [
  ['remote_calls_total', 'counter', 'Calls that were made, retries not counted.', (policy) => policy.counts.calls],
  ['remote_retries_total', 'counter', 'Attempts after the first.', (policy) => policy.counts.retries],
  [
    'remote_retries_refused_total',
    'counter',
    'Attempts that the budget did not allow.',
    (policy) => policy.counts.retriesRefused,
  ],
  ['remote_retry_budget', 'gauge', 'Retries that the budget allows now.', (policy) => policy.retriesLeft],
  [
    'remote_attempts_given_up_total',
    'counter',
    'Attempts given up for another instance.',
    (policy) => policy.counts.givenUp,
  ],
  ['remote_instances', 'gauge', 'Known instances.', (policy) => policy.instances.known],
  [
    'remote_ejected_instances',
    'gauge',
    'Instances that get no calls for a while.',
    (policy) => policy.instances.ejected,
  ],
  ['remote_ejections_total', 'counter', 'Instances taken out.', (policy) => policy.ejectionCount],
];

const policyFamilies = (policies: readonly ResiliencePolicy[]): MetricFamily[] =>
  policyMetrics.map(([metric, type, help, read]) =>
    family(
      metric,
      type,
      help,
      policies.map((policy): Sample => [{ service: policy.service }, read(policy)]),
    ),
  );

function bulkheadFamilies({ policies, breakers }: Resilience): MetricFamily[] {
  const guarded = [...policies, ...breakers];
  const running = guarded.map(({ circuit, bulkhead }): Sample => [{ name: circuit.name }, bulkhead.running]);
  const limits = guarded.map(({ circuit, bulkhead }): Sample => [{ name: circuit.name }, bulkhead.limit]);
  const refused = guarded.map(({ circuit, bulkhead }): Sample => [{ name: circuit.name }, bulkhead.refused]);
  return [
    family('bulkhead_running', 'gauge', 'Calls under way.', running),
    family('bulkhead_limit', 'gauge', 'Calls that may be under way.', limits),
    family('bulkhead_refused_total', 'counter', 'Calls refused because too many were under way.', refused),
  ];
}

/** Without samples where nothing is called. */
export const resilienceFamilies = (resilience: Resilience): readonly MetricFamily[] => [
  ...circuitFamilies(resilience.circuits),
  ...policyFamilies(resilience.policies),
  ...bulkheadFamilies(resilience),
];
