import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { Call } from '../../../src/pipeline/call.js';
import { runInCall } from '../../../src/pipeline/call-context.js';
import { OperationMetrics } from '../../../src/pipeline/operation-metrics.js';
import { NoTracer } from '../../../src/pipeline/tracer.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { loggerOptions } from '../../../src/platform/observability/logger-options.js';
import { family } from '../../../src/platform/observability/metric-family.js';
import { startTelemetry, type Telemetry } from '../../../src/platform/observability/telemetry.js';
import { ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { runCall } from '../../pipeline/run-call.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { createSpecimenApplication } from '../../support/specimen-application.js';
import { Collector } from './collector.js';

const lines: string[] = [];
const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  lines.length = 0;
  for (const each of running.splice(0)) await each.stop();
});

async function start(port: number, more: Readonly<Record<string, string>> = {}): Promise<Telemetry> {
  const environment = { NODE_ENV: 'test', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/`, ...more };
  const telemetry = await startTelemetry(loadConfiguration(environment), (line) => lines.push(line));
  running.push(telemetry);
  return telemetry;
}

async function listen(collector: Collector, port?: number): Promise<number> {
  running.push({ stop: () => collector.close() });
  return collector.listen(port);
}

/** Answers `count` calls with that telemetry. */
async function serve({ tracer }: Telemetry, count = 1): Promise<OperationMetrics> {
  const application = await createSpecimenApplication({ pipeline: { tracer } });
  const operation = descriptorOf(ListSpecimens);
  for (let served = 0; served < count; served++) {
    const call = application.pipeline.begin({ protocol: 'rest', address: '192.0.2.1' }, operation);
    await runCall(application.pipeline, new Call(operation, call, {}, (value) => value));
  }
  await application.close();
  return application.get(OperationMetrics);
}

describe('telemetry', () => {
  test('is nothing without an endpoint', async () => {
    const telemetry = await startTelemetry(loadConfiguration({}), () => undefined);
    expect(telemetry.tracer).toBeInstanceOf(NoTracer);
    expect(telemetry.logs).toBeUndefined();
  });

  test('reaches a collector at an IPv6 address', async () => {
    const collector = new Collector();
    running.push({ stop: () => collector.close() });
    const port = await collector.listen(0, '::1');
    const telemetry = await start(port, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://[::1]:${port}` });
    await serve(telemetry);
    await telemetry.stop();
    expect(collector.received.get('/v1/traces')).toContain('handle specimens.listSpecimens');
  });

  test('sends traces, metrics and the log to the collector, with its headers', async () => {
    const collector = new Collector();
    const telemetry = await start(await listen(collector), { OTEL_EXPORTER_OTLP_HEADERS: 'x-team=core%20team' });
    telemetry.observe(await serve(telemetry), () => [
      family('circuit_calls_total', 'Calls.', [[{ circuit: 'user-service' }, 7]]),
      family('circuit_state', 'State.', [[{ circuit: 'user-service' }, 2]]),
      family('remote_calls_total', 'None.', []),
    ]);
    const { pinoHttp } = loggerOptions(loadConfiguration({ NODE_ENV: 'test' }));
    const options = (pinoHttp as [object])[0];
    pino(options, telemetry.logs).error({ err: new Error('out of paper'), password: 'secret' }, 'the printer stopped');
    await telemetry.stop();
    const [traces = '', metrics = '', logs = ''] = ['traces', 'metrics', 'logs'].map((signal) =>
      collector.received.get(`/v1/${signal}`),
    );
    expect(traces).toContain('handle specimens.listSpecimens');
    expect(traces).toContain('"service.name"');
    expect(JSON.parse(metrics)).toHaveProperty('resourceMetrics');
    for (const name of ['operation.calls', 'operation.duration', 'process.memory.usage', 'nodejs.eventloop.delay.p99'])
      expect(metrics).toContain(`"${name}"`);
    const sent = JSON.parse(metrics).resourceMetrics[0].scopeMetrics.flatMap(
      (scope: { metrics: object[] }) => scope.metrics,
    );
    expect(sent).toContainEqual(
      expect.objectContaining({
        name: 'circuit.calls',
        sum: expect.objectContaining({ isMonotonic: true, dataPoints: [expect.objectContaining({ asDouble: 7 })] }),
      }),
    );
    expect(sent).toContainEqual(
      expect.objectContaining({
        name: 'circuit.state',
        gauge: { dataPoints: [expect.objectContaining({ asDouble: 2 })] },
      }),
    );
    expect(metrics).not.toContain('remote.calls');
    expect(logs).toContain('the printer stopped');
    expect(logs).toContain('out of paper');
    expect(logs).not.toContain('secret');
    expect([...collector.headers]).toEqual(['core team']);
  });

  test('records the configured share of the traces', async () => {
    const collector = new Collector();
    const telemetry = await start(await listen(collector), { OTEL_TRACES_SAMPLER_ARG: '0' });
    await serve(telemetry, 10);
    await telemetry.stop();
    expect(collector.received.has('/v1/traces')).toBe(false);
  });

  test('logs once that the collector is unavailable, and once that it is back', async () => {
    const port = await freePort();
    const telemetry = await start(port);
    await serve(telemetry, 3);
    const ofTraces = () => lines.filter((line) => line.startsWith('Traces'));
    await eventually(() => expect(ofTraces()).toHaveLength(1));
    await listen(new Collector(), port);
    await serve(telemetry);
    await eventually(() => expect(ofTraces()).toHaveLength(2));
    expect(ofTraces()).toEqual([expect.stringContaining('are lost'), 'Traces arrive again']);
  }, 40_000);

  test('drops what a collector that hangs does not take, and does not hold up the end', async () => {
    const collector = new Collector();
    collector.hangs = true;
    const telemetry = await start(await listen(collector));
    await serve(telemetry, 5_000);
    await telemetry.stop();
    expect(collector.received.size).toBe(0);
  });
});

describe('a line of the log', () => {
  test('names the call it was written in', async () => {
    const written: Record<string, unknown>[] = [];
    const application = await createSpecimenApplication();
    const { pinoHttp } = loggerOptions(loadConfiguration({ NODE_ENV: 'test' }));
    const logger = pino((pinoHttp as [object])[0], { write: (line) => void written.push(JSON.parse(line)) });
    const traceparent = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01`;
    const call = application.pipeline.begin({ protocol: 'rest', address: '192.0.2.1', requestId: 'one', traceparent });
    runInCall(call, () => logger.info('inside'));
    logger.info('outside');
    await application.close();
    expect(written).toMatchObject([
      {
        service: 'monolith',
        trace_id: 'e'.repeat(32),
        span_id: 'f'.repeat(16),
        request_id: 'one',
        client_address: '192.0.2.1',
        msg: 'inside',
      },
      { service: 'monolith', msg: 'outside' },
    ]);
    expect(written[1]).not.toHaveProperty('trace_id');
  });
});
