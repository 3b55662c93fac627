import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { OtelTracer } from '../../../src/platform/observability/otlp/otel-tracer.js';

/** A tracer whose spans are kept in memory. */
export class RecordedSpans {
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })] });
  readonly tracer = new OtelTracer(this.#provider.getTracer('tests'));

  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  forget(): void {
    this.#exporter.reset();
  }

  /** The names below `parent`, nested, in the order of their start: `['transaction', ['create User']]`. */
  tree(parent?: ReadableSpan): unknown[] {
    const children = this.all.filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId);
    return children
      .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
      .flatMap((span) => {
        const below = this.tree(span);
        return below.length > 0 ? [span.name, below] : [span.name];
      });
  }

  /** Its attributes. Throws when there is not exactly one. */
  one(name: string): ReadableSpan {
    const [span, ...others] = this.all.filter((each) => each.name === name);
    if (!span || others.length > 0) throw new Error(`${others.length + (span ? 1 : 0)} spans are named ${name}`);
    return span;
  }
}
