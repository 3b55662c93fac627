import type { Circuit, CircuitState } from './circuit.js';
import type { Resilience } from './resilience.js';
import type { ResiliencePolicy } from './resilience-policy.js';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

const stateNumbers: Readonly<Record<CircuitState, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const line = (metric: string, [labels, value]: Sample): string =>
  `${metric}{${Object.entries(labels)
    .map(([name, text]) => `${name}="${escaped(text)}"`)
    .join(',')}} ${value}`;

const family = (metric: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string[] =>
  samples.length === 0
    ? []
    : [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`, ...samples.map((sample) => line(metric, sample))];

function circuitFamilies(circuits: readonly Circuit[]): string[] {
  const states = circuits.map(({ name, state }): Sample => [{ circuit: name }, stateNumbers[state]]);
  const openings = circuits.map(({ name, counts }): Sample => [{ circuit: name }, counts.openings]);
  const calls = circuits.flatMap(({ name: circuit, counts: { successes, failures, rejected } }): Sample[] => [
    [{ circuit, outcome: 'success' }, successes],
    [{ circuit, outcome: 'failure' }, failures],
    [{ circuit, outcome: 'rejected' }, rejected],
  ]);
  return [
    ...family('circuit_state', 'gauge', '0 closed, 1 half open, 2 open.', states),
    ...family('circuit_openings_total', 'counter', 'How often the circuit opened.', openings),
    ...family('circuit_calls_total', 'counter', 'Calls after their retries; rejected ones were not made.', calls),
  ];
}

function retryFamilies(policies: readonly ResiliencePolicy[]): string[] {
  const of = (read: (policy: ResiliencePolicy) => number) =>
    policies.map((policy): Sample => [{ service: policy.service }, read(policy)]);
  return [
    ...family(
      'remote_calls_total',
      'counter',
      'Calls that were made, retries not counted.',
      of((p) => p.counts.calls),
    ),
    ...family(
      'remote_retries_total',
      'counter',
      'Attempts after the first.',
      of((p) => p.counts.retries),
    ),
    ...family(
      'remote_retries_refused_total',
      'counter',
      'By the budget.',
      of((p) => p.counts.retriesRefused),
    ),
    ...family(
      'remote_attempts_given_up_total',
      'counter',
      'For another instance.',
      of((p) => p.counts.givenUp),
    ),
    ...family(
      'remote_instances',
      'gauge',
      'Known instances.',
      of((p) => p.instances.known),
    ),
    ...family(
      'remote_ejected_instances',
      'gauge',
      'That get no calls for a while.',
      of((p) => p.instances.ejected),
    ),
    ...family(
      'remote_ejections_total',
      'counter',
      'Instances taken out.',
      of((p) => p.ejectionCount),
    ),
  ];
}

function bulkheadFamilies({ policies, breakers }: Resilience): string[] {
  const guarded = [...policies, ...breakers];
  const running = guarded.map(({ circuit, bulkhead }): Sample => [{ name: circuit.name }, bulkhead.running]);
  const refused = guarded.map(({ circuit, bulkhead }): Sample => [{ name: circuit.name }, bulkhead.refused]);
  return [
    ...family('bulkhead_running', 'gauge', 'Calls under way.', running),
    ...family('bulkhead_refused_total', 'counter', 'Calls refused because too many were under way.', refused),
  ];
}

/** Prometheus' text format; the empty text where nothing is called. */
export function resilienceMetricsText(resilience: Resilience): string {
  const lines = [
    ...circuitFamilies(resilience.circuits),
    ...retryFamilies(resilience.policies),
    ...bulkheadFamilies(resilience),
  ];
  return lines.map((text) => `${text}\n`).join('');
}
