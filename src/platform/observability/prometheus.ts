import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { durationBuckets, type OperationCounts, type OperationMetrics } from '../../pipeline/operation-metrics.js';

const labels = (pairs: Record<string, string>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');

function* duration(counts: OperationCounts, names: Record<string, string>): Iterable<string> {
  let total = 0;
  for (const [index, bound] of [...durationBuckets, '+Inf'].entries()) {
    total += counts.buckets[index] ?? 0;
    yield `operation_duration_seconds_bucket{${labels({ ...names, le: String(bound) })}} ${total}`;
  }
  yield `operation_duration_seconds_sum{${labels(names)}} ${counts.seconds}`;
  yield `operation_duration_seconds_count{${labels(names)}} ${total}`;
}

/** The counters of the pipeline in Prometheus' text format. */
function operationMetricsText(metrics: OperationMetrics): string {
  const totals = [
    '# HELP operation_calls_total Calls by outcome: OK or the code of the failure.',
    '# TYPE operation_calls_total counter',
  ];
  const durations = [
    '# HELP operation_duration_seconds Time from the transport to the answer.',
    '# TYPE operation_duration_seconds histogram',
  ];
  for (const [{ id }, protocol, counts] of metrics.entries()) {
    const names = { operation: id, protocol };
    for (const [outcome, count] of counts.outcomes) {
      totals.push(`operation_calls_total{${labels({ ...names, outcome })}} ${count}`);
    }
    durations.push(...duration(counts, names));
  }
  return `${[...totals, ...durations].join('\n')}\n`;
}

async function runtimeMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const runtime = new Registry();
  collectDefaultMetrics({ register: runtime });
  return runtime;
}

/**
 * `/metrics`: the operations, the Node runtime, counted from the first scrape on, and what `others` give in Prometheus'
 * text format.
 */
export function registerMetrics(
  fastify: FastifyInstance,
  metrics: OperationMetrics,
  others: () => string = () => '',
): void {
  let collecting: Promise<Registry> | undefined;
  fastify.get('/metrics', async (_request, reply) => {
    collecting ??= runtimeMetrics();
    const runtime = await collecting;
    return reply.type(runtime.contentType).send((await runtime.metrics()) + operationMetricsText(metrics) + others());
  });
}
