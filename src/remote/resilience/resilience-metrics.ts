import { family, type MetricFamily, type Sample } from '../../platform/observability/metric-family.js';
import type { Semaphore } from '../../platform/schedule/semaphore.js';
import type { Circuit, CircuitState } from './circuit.js';
import type { Resilience } from './resilience.js';
import type { ResiliencePolicy } from './resilience-policy.js';

const stateNumbers: Readonly<Record<CircuitState, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

const stateOf = ({ name, state }: Circuit): Sample[] => [[{ circuit: name }, stateNumbers[state]]];

const transitionsOf = ({ name, transitions }: Circuit): Sample[] =>
  Object.entries(transitions).map(([to, count]) => [{ circuit: name, to }, count]);

const callsOf = ({ name, counts: { successes, failures, rejected } }: Circuit): Sample[] =>
  Object.entries({ success: successes, failure: failures, rejected }).map(([outcome, count]) => [
    { circuit: name, outcome },
    count,
  ]);

export function resilienceFamilies({ guards, policies }: Resilience): readonly MetricFamily[] {
  const circuits = (read: (circuit: Circuit) => Sample[]) => guards.flatMap(({ circuit }) => read(circuit));
  const services = (read: (policy: ResiliencePolicy) => number) =>
    policies.map((policy): Sample => [{ service: policy.name }, read(policy)]);
  const bulkheads = (read: (bulkhead: Semaphore) => number) =>
    guards.map(({ name, bulkhead }): Sample => [{ name }, read(bulkhead)]);
  const calls = services(({ counts }) => counts.calls);
  const retries = services(({ counts }) => counts.retries);
  const retriesRefused = services(({ counts }) => counts.retriesRefused);
  const retriesLeft = services(({ budget }) => budget.left);
  const givenUp = services(({ counts }) => counts.givenUp);
  const known = services(({ instances }) => instances.known);
  const ejected = services(({ instances }) => instances.ejected);
  const ejections = services(({ balancer }) => balancer.ejections);
  const running = bulkheads((bulkhead) => bulkhead.running);
  const limits = bulkheads(({ limit }) => limit);
  const refused = bulkheads((bulkhead) => bulkhead.refused);
  return [
    family('circuit_state', 'gauge', '0 closed, 1 half open, 2 open.', circuits(stateOf)),
    family(
      'circuit_transitions_total',
      'counter',
      'How often the circuit came to this state.',
      circuits(transitionsOf),
    ),
    family(
      'circuit_calls_total',
      'counter',
      'Calls after their retries; rejected ones were not made.',
      circuits(callsOf),
    ),
    family('remote_calls_total', 'counter', 'Calls that were made, retries not counted.', calls),
    family('remote_retries_total', 'counter', 'Attempts after the first.', retries),
    family('remote_retries_refused_total', 'counter', 'Attempts that the budget did not allow.', retriesRefused),
    family('remote_retry_budget', 'gauge', 'Retries that the budget allows now.', retriesLeft),
    family('remote_attempts_given_up_total', 'counter', 'Attempts given up for another instance.', givenUp),
    family('remote_instances', 'gauge', 'Known instances.', known),
    family('remote_ejected_instances', 'gauge', 'Instances that get no calls for a while.', ejected),
    family('remote_ejections_total', 'counter', 'Instances taken out.', ejections),
    family('bulkhead_running', 'gauge', 'Calls under way.', running),
    family('bulkhead_limit', 'gauge', 'Calls that may be under way.', limits),
    family('bulkhead_refused_total', 'counter', 'Calls refused because too many were under way.', refused),
  ];
}
