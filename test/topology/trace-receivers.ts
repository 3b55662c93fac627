import { Collector } from '../platform/observability/collector.js';

export interface SeenSpan {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Takes spans over OTLP from any number of processes. */
export abstract class TraceReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  abstract readonly endpoint: string;
  /** Those that have arrived. */
  abstract spansOf(traceId: string): Promise<readonly SeenSpan[]>;
  abstract close(): Promise<void>;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 1 | 2 | 3;
  readonly attributes: readonly OtlpAttribute[];
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

const kinds = { 1: 'internal', 2: 'server', 3: 'client' } as const;

const byName = (attributes: readonly OtlpAttribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

function seen({ spanId, parentSpanId, name, kind, attributes }: OtlpSpan, service: string): SeenSpan {
  return { id: spanId, parentId: parentSpanId, service, name, kind: kinds[kind], attributes: byName(attributes) };
}

/** An OTLP receiver in this process. */
export class CollectorReceiver extends TraceReceiver {
  private constructor(
    private readonly collector: Collector,
    readonly endpoint: string,
  ) {
    super();
  }

  static async open(): Promise<CollectorReceiver> {
    const collector = new Collector();
    return new CollectorReceiver(collector, `http://127.0.0.1:${await collector.listen()}`);
  }

  async spansOf(traceId: string): Promise<readonly SeenSpan[]> {
    return this.collector.messages
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ body }) => (JSON.parse(body) as OtlpTraces).resourceSpans)
      .flatMap(({ resource, scopeSpans }) => {
        const service = String(byName(resource.attributes)['service.name']);
        const spans = scopeSpans.flatMap((scope) => scope.spans).filter((span) => span.traceId === traceId);
        return spans.map((span) => seen(span, service));
      });
  }

  close(): Promise<void> {
    return this.collector.close();
  }
}

interface JaegerTrace {
  readonly spans: readonly {
    readonly spanID: string;
    readonly operationName: string;
    readonly processID: string;
    readonly references: readonly { readonly spanID: string }[];
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

function spansIn({ spans, processes }: JaegerTrace): readonly SeenSpan[] {
  return spans.map(({ spanID, operationName, processID, references, tags }) => {
    const attributes = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
    return {
      id: spanID,
      parentId: references[0]?.spanID,
      service: processes[processID]?.serviceName ?? '',
      name: operationName,
      kind: (attributes['span.kind'] ?? 'internal') as SeenSpan['kind'],
      attributes,
    };
  });
}

/** A Jaeger, by its query API. */
export class JaegerReceiver extends TraceReceiver {
  constructor(readonly endpoint: string) {
    super();
  }

  async spansOf(traceId: string): Promise<readonly SeenSpan[]> {
    const url = new URL(`/api/traces/${traceId}`, this.endpoint);
    url.port = '16686';
    const answer = (await (await fetch(url)).json()) as { readonly data: readonly JaegerTrace[] | null };
    return (answer.data ?? []).flatMap(spansIn);
  }

  async close(): Promise<void> {}
}
