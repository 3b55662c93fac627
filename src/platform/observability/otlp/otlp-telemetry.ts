import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { context, metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../../pipeline/operation-metrics.js';
import type { Tracer } from '../../../pipeline/tracer.js';
import type { Configuration } from '../../config/configuration.js';
import type { MetricFamily } from '../metric-family.js';
import { CountersProducer } from './counters-producer.js';
import { logRecords } from './log-records.js';
import { OtelTracer } from './otel-tracer.js';
import { logOutages } from './outage.js';
import { observeRuntime } from './runtime-metrics.js';

const SEND_TIMEOUT_MS = 5_000;
const METRICS_INTERVAL_MS = 15_000;
/** Limit of the last export, when the collector is down. */
const STOP_TIMEOUT_MS = 2_000;
/** Further spans and log records are dropped. */
const queue = { maxQueueSize: 4_096, maxExportBatchSize: 512, scheduledDelayMillis: 1_000, exportTimeoutMillis: 6_000 };

export class OtlpTelemetry {
  readonly tracer: Tracer;
  readonly logs: DestinationStream;
  readonly #counters = new CountersProducer();
  readonly #sdk: NodeSDK;

  constructor(
    private readonly endpoint: string,
    private readonly configuration: Configuration,
    log: (line: string) => void,
  ) {
    const { serviceName } = configuration;
    this.#sdk = this.#createSdk(log);
    this.#sdk.start();
    this.tracer = new OtelTracer(trace.getTracer(serviceName));
    this.logs = logRecords(logs.getLogger(serviceName));
    observeRuntime(metrics.getMeter(serviceName));
    // only this start uses the globals: applications in one process stay separate, and libraries record nothing
    for (const api of [context, trace, logs, metrics]) api.disable();
  }

  observe(operations: OperationMetrics, others: () => readonly MetricFamily[] = () => []): void {
    this.#counters.operations = operations;
    this.#counters.families = others;
  }

  async stop(): Promise<void> {
    const sent = this.#sdk.shutdown().catch(() => undefined);
    await Promise.race([sent, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #createSdk(log: (line: string) => void): NodeSDK {
    const { serviceName, environment, telemetry } = this.configuration;
    const traces = logOutages(new OTLPTraceExporter(this.#to('traces')), 'Traces', log);
    const values = logOutages(new OTLPMetricExporter(this.#to('metrics')), 'Metrics', log);
    const records = logOutages(new OTLPLogExporter(this.#to('logs')), 'Log records', log);
    return new NodeSDK({
      resource: resourceFromAttributes({
        'service.name': serviceName,
        'service.instance.id': randomUUID(),
        'deployment.environment.name': environment,
      }),
      autoDetectResources: false,
      textMapPropagator: null,
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(telemetry.sampledShare) }),
      spanProcessors: [new BatchSpanProcessor({ exporter: traces, ...queue })],
      logRecordProcessors: [new BatchLogRecordProcessor({ exporter: records, ...queue })],
      metricReaders: [
        new PeriodicExportingMetricReader({
          exporter: values,
          exportIntervalMillis: METRICS_INTERVAL_MS,
          exportTimeoutMillis: queue.exportTimeoutMillis,
          metricProducers: [this.#counters],
        }),
      ],
    });
  }

  #to(signal: 'traces' | 'metrics' | 'logs') {
    const { headers } = this.configuration.telemetry;
    const url = `${this.endpoint.replace(/\/+$/, '')}/v1/${signal}`;
    return { url, headers: { ...headers }, timeoutMillis: SEND_TIMEOUT_MS };
  }
}
