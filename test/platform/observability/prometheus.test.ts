import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { Call } from '../../../src/pipeline/call.js';
import { OperationMetrics } from '../../../src/pipeline/operation-metrics.js';
import { NoTracer, type Tracer } from '../../../src/pipeline/tracer.js';
import { family } from '../../../src/platform/observability/metric-family.js';
import { registerMetrics } from '../../../src/platform/observability/prometheus.js';
import { ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { runCall } from '../../pipeline/run-call.js';
import { createSpecimenApplication } from '../../support/specimen-application.js';
import { RecordedSpans } from './recorded-spans.js';

const traceId = 'a'.repeat(32);
/** As Prometheus asks. */
const accept = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

/** `/metrics` of a process that has answered one call. */
async function scrape(tracer: Tracer, headers: Readonly<Record<string, string>> = {}) {
  const { pipeline, get, close } = await createSpecimenApplication({ pipeline: { tracer } });
  const operation = descriptorOf(ListSpecimens);
  const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
  const call = pipeline.begin({ protocol: 'rest', address: '192.0.2.1', traceparent }, operation);
  await runCall(pipeline, new Call(operation, call, {}, (value) => value));
  const fastify = Fastify();
  registerMetrics(fastify, get(OperationMetrics), () => [family('others_total', 'Others.', [[{}, 1]])]);
  const { body, headers: answered } = await fastify.inject({ url: '/metrics', headers });
  await fastify.close();
  await close();
  return { body, type: answered['content-type'] };
}

const exemplars = /^operation_duration_seconds_bucket\{.*\} 1 # \{trace_id="(\w+)"\} [\d.e-]+ \d+(\.\d+)?$/gm;

test('/metrics is in the text format of Prometheus', async () => {
  const { body, type } = await scrape(new RecordedSpans().tracer);
  expect(type).toContain('text/plain; version=0.0.4');
  expect(body).toContain('# TYPE operation_calls_total counter\n');
  expect(body).toContain('operation_calls_total{operation="specimens.listSpecimens",protocol="rest",outcome="OK"} 1\n');
  expect(body).not.toContain(traceId);
});

test('/metrics has exemplars with trace ids for clients that accept OpenMetrics', async () => {
  const { body, type } = await scrape(new RecordedSpans().tracer, { accept });
  expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect([...body.matchAll(exemplars)].map(([, id]) => id)).toEqual([traceId]);
});

test('/metrics has no exemplars where nothing is recorded', async () => {
  expect((await scrape(new NoTracer(), { accept })).body).not.toContain('trace_id');
});

test('OpenMetrics describes a counter without its suffix, has no empty line, and ends', async () => {
  const { body } = await scrape(new NoTracer(), { accept });
  expect(body).toContain('# TYPE operation_calls counter\noperation_calls_total{');
  expect(body).toContain('# HELP process_cpu_user_seconds ');
  expect(body).toContain('# TYPE nodejs_active_handles_total gauge\n');
  expect(body).toMatch(/# TYPE others counter\nothers_total 1\n# EOF\n$/);
  expect(body).not.toMatch(/\n\n/);
});
