import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import {
  durationBuckets,
  type Exemplar,
  type OperationCounts,
  type OperationMetrics,
} from '../../pipeline/operation-metrics.js';
import { family, type Labels, labelled, type MetricFamily, printFamilies, type Sample } from './metric-family.js';

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const counterType = /^# TYPE (\S+)_total counter$/gm;
const description = /^# (HELP|TYPE) (\S+)_total (.*)$/gm;

/** From Prometheus text format: counters are described without `_total`, and there are no empty lines. */
function openMetrics(text: string): string {
  const counters = new Set([...text.matchAll(counterType)].map(([, name]) => name));
  const described = text.replaceAll(description, (line: string, keyword: string, name: string, rest: string) =>
    counters.has(name) ? `# ${keyword} ${name} ${rest}` : line,
  );
  return `${described.replaceAll(/\n{2,}/g, '\n').trim()}\n# EOF\n`;
}

const printExemplar = (exemplar: Exemplar | undefined): string =>
  exemplar ? ` # ${labelled({ trace_id: exemplar.traceId })} ${exemplar.seconds} ${exemplar.at / 1_000}` : '';

function* duration(counts: OperationCounts, names: Labels, withExemplars: boolean): Iterable<string> {
  let total = 0;
  for (const [index, bound] of [...durationBuckets, '+Inf'].entries()) {
    total += counts.buckets[index] ?? 0;
    const exemplar = withExemplars ? printExemplar(counts.exemplars[index]) : '';
    yield `operation_duration_seconds_bucket${labelled({ ...names, le: String(bound) })} ${total}${exemplar}`;
  }
  yield `operation_duration_seconds_sum${labelled(names)} ${counts.seconds}`;
  yield `operation_duration_seconds_count${labelled(names)} ${total}`;
}

function operationMetricsText(metrics: OperationMetrics, withExemplars: boolean): string {
  const totals: Sample[] = [];
  const durations: string[] = [];
  for (const [{ id }, protocol, counts] of metrics.entries()) {
    const names = { operation: id, protocol };
    for (const [outcome, count] of counts.outcomes) totals.push([{ ...names, outcome }, count]);
    durations.push(...duration(counts, names, withExemplars));
  }
  const calls = family('operation_calls_total', 'Calls by outcome: OK or the code of the failure.', totals);
  const described = [
    '# HELP operation_duration_seconds Time from the transport to the answer.',
    '# TYPE operation_duration_seconds histogram',
  ];
  return `${printFamilies([calls])}${[...described, ...durations].join('\n')}\n`;
}

async function runtimeMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const runtime = new Registry();
  collectDefaultMetrics({ register: runtime });
  return runtime;
}

/** Node metrics from the first scrape on; OpenMetrics with exemplars on request. */
export function registerMetrics(
  fastify: FastifyInstance,
  metrics: OperationMetrics,
  others: () => readonly MetricFamily[] = () => [],
): void {
  let collecting: Promise<Registry> | undefined;
  fastify.get('/metrics', async ({ headers }, reply) => {
    collecting ??= runtimeMetrics();
    const runtime = await collecting;
    const isOpen = headers.accept?.includes('application/openmetrics-text') === true;
    const text = (await runtime.metrics()) + operationMetricsText(metrics, isOpen) + printFamilies(others());
    return isOpen ? reply.type(openMetricsType).send(openMetrics(text)) : reply.type(runtime.contentType).send(text);
  });
}
