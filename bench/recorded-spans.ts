import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Times are epoch milliseconds. */
export interface RecordedSpan {
  readonly service: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface SentSpan {
  readonly traceId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

/** OTLP as JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface SentTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const pollMs = 50;
const milliseconds = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000n) / 1_000;

/** A collector that keeps the spans of each trace. */
export class RecordedSpans {
  readonly #traces = new Map<string, RecordedSpan[]>();
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.url === '/v1/traces') this.#keep(JSON.parse(body) as SentTraces);
    response.setHeader('content-type', 'application/json').end('{}');
  });

  /** Gives what OTEL_EXPORTER_OTLP_ENDPOINT is to be. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The matching span; undefined when it has not arrived in time, so its work has not ended. */
  async find(traceId: string, isIt: (span: RecordedSpan) => boolean, ms: number): Promise<RecordedSpan | undefined> {
    for (const end = Date.now() + ms; Date.now() < end; await delay(pollMs)) {
      const found = this.#traces.get(traceId)?.find(isIt);
      if (found) return found;
    }
    return undefined;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #keep({ resourceSpans }: SentTraces): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { traceId, name, startTimeUnixNano, endTimeUnixNano } of scopeSpans.flatMap(({ spans }) => spans)) {
        const span = { service, name, start: milliseconds(startTimeUnixNano), end: milliseconds(endTimeUnixNano) };
        this.#traces.set(traceId, [...(this.#traces.get(traceId) ?? []), span]);
      }
    }
  }
}
