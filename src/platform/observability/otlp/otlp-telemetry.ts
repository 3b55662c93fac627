import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../../pipeline/operation-metrics.js';
import type { Tracer } from '../../../pipeline/tracer.js';
import type { MetricFamily } from '../metric-family.js';
import type { Telemetry } from '../telemetry.js';
import { FamiliesProducer } from './families-producer.js';
import { logRecords } from './log-records.js';
import { OperationMetricsProducer } from './operation-metrics-producer.js';
import { OtelTracer } from './otel-tracer.js';
import { Outage } from './outage.js';
import { observeRuntime } from './runtime-metrics.js';

export interface OtlpTelemetryOptions {
  readonly otlpEndpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From 0 to 1, of the traces that begin here. */
  readonly sampledShare: number;
  readonly serviceName: string;
  readonly environment: string;
  readonly log: (line: string) => void;
}

const SEND_TIMEOUT_MS = 5_000;
const METRICS_INTERVAL_MS = 15_000;
/** Of a collector that is gone a process that ends learns nothing more by waiting. */
const LAST_WORDS_MS = 2_000;
/** Spans or log records that wait; what comes beyond is dropped. */
const queue = { maxQueueSize: 4_096, maxExportBatchSize: 512, scheduledDelayMillis: 1_000, exportTimeoutMillis: 6_000 };

/**
 * Traces, metrics and logs to one collector, OTLP over HTTP. From the parts of the SDK, without its globals: no module
 * is patched, and nothing is recorded that the pipeline did not ask for.
 */
export class OtlpTelemetry implements Telemetry {
  readonly tracer: Tracer;
  readonly logs: DestinationStream;
  readonly #operations = new OperationMetricsProducer();
  readonly #others = new FamiliesProducer();
  readonly #providers: readonly { shutdown(): Promise<void> }[];

  constructor(private readonly options: OtlpTelemetryOptions) {
    const { serviceName, environment } = options;
    const resource = resourceFromAttributes({
      'service.name': serviceName,
      'service.instance.id': randomUUID(),
      'deployment.environment.name': environment,
    });
    const traces = this.#traces(resource);
    const metrics = this.#metrics(resource);
    const logs = this.#logs(resource);
    this.tracer = new OtelTracer(traces.getTracer(serviceName));
    this.logs = logRecords(logs.getLogger(serviceName));
    observeRuntime(metrics.getMeter(serviceName));
    this.#providers = [traces, metrics, logs];
  }

  observe(metrics: OperationMetrics, others: () => readonly MetricFamily[] = () => []): void {
    this.#operations.metrics = metrics;
    this.#others.families = others;
  }

  async stop(): Promise<void> {
    const sent = Promise.allSettled(this.#providers.map((provider) => provider.shutdown()));
    await Promise.race([sent, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  }

  #traces(resource: Resource): TracerProvider {
    const exporter = new OTLPTraceExporter(this.#to('traces'));
    this.#outage('Traces').watch(exporter);
    const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(this.options.sampledShare) });
    return new TracerProvider({ resource, sampler, spanProcessors: [new BatchSpanProcessor({ exporter, ...queue })] });
  }

  #metrics(resource: Resource): MeterProvider {
    const exporter = new OTLPMetricExporter(this.#to('metrics'));
    this.#outage('Metrics').watch(exporter);
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: METRICS_INTERVAL_MS,
      exportTimeoutMillis: queue.exportTimeoutMillis,
      metricProducers: [this.#operations, this.#others],
    });
    return new MeterProvider({ resource, readers: [reader] });
  }

  #logs(resource: Resource): LoggerProvider {
    const exporter = new OTLPLogExporter(this.#to('logs'));
    this.#outage('Log records').watch(exporter);
    return new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter, ...queue })] });
  }

  #to(signal: 'traces' | 'metrics' | 'logs') {
    const { otlpEndpoint, headers } = this.options;
    const url = `${otlpEndpoint.replace(/\/+$/, '')}/v1/${signal}`;
    return { url, headers: { ...headers }, timeoutMillis: SEND_TIMEOUT_MS };
  }

  #outage(what: string): Outage {
    return new Outage(what, this.options.log);
  }
}
