import DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { RelatedRows } from './related-rows.js';

/** Context value of one GraphQL operation. Each root field and each batch of related rows is a call. */
export class GraphqlScope {
  #calls: CallContext[] | undefined;
  #underWay = 0;
  #loaders: Map<RelatedRows, DataLoader<string, unknown>> | undefined;
  #batches: (() => void)[] | undefined;
  /** Seconds; the maximum of all failures. */
  retryAfter: number | undefined;

  constructor(
    private readonly pipeline: Pipeline,
    /** For guards of hand-written resolvers. */
    readonly req: FastifyRequest,
    private readonly inbound: Inbound,
  ) {}

  /** Calls of one scope share request id and trace. */
  begin(operation?: OperationDescriptor): CallContext {
    return this.#opened(this.pipeline.begin(this.#calls ? this.continued : this.inbound, operation));
  }

  end(): void {
    if (--this.#underWay === 0 && this.#batches) this.#loadSoon();
  }

  /** Batched with others, once no running call can add to the batch. */
  related(rows: RelatedRows, id: string): Promise<unknown> {
    const loader = this.#loaders?.get(rows) ?? this.#loader(rows);
    return loader.load(id);
  }

  #loader(rows: RelatedRows): DataLoader<string, unknown> {
    const loader = new DataLoader<string, unknown>(
      (ids) => {
        // mutations run in sequence: a later one may have changed the row
        loader.clearAll();
        return this.#find(rows, ids);
      },
      {
        maxBatchSize: rows.maxIds,
        batchScheduleFn: (load) => {
          this.#batches ??= [];
          this.#batches.push(load);
          this.#loadSoon();
        },
      },
    );
    this.#loaders ??= new Map();
    this.#loaders.set(rows, loader);
    return loader;
  }

  /** After all pending resolvers, which run in microtasks before the next tick. */
  #loadSoon(): void {
    void Promise.resolve().then(() =>
      process.nextTick(() => {
        if (this.#underWay > 0) return;
        const batches = this.#batches ?? [];
        this.#batches = undefined;
        for (const load of batches) load();
      }),
    );
  }

  async #find(rows: RelatedRows, ids: readonly string[]): Promise<unknown[]> {
    const call = this.#opened(this.#beginWithin(rows.operation));
    try {
      return await rows.find(ids, call);
    } catch (error) {
      throw this.failed(this.pipeline.toFailure(error, call, rows.operation));
    } finally {
      this.end();
    }
  }

  /** With the caller and the deadline of the earlier calls. */
  #beginWithin(operation: OperationDescriptor): CallContext {
    const before = this.#calls ?? [this.call];
    const deadline = Math.max(...before.map(({ lifetime }) => lifetime.deadline));
    const timeoutMs = Math.max(0, deadline - performance.now());
    const call = this.pipeline.begin({ ...this.continued, timeoutMs }, operation);
    call.principal = (before.find(({ principal }) => !principal.isAnonymous) ?? call).principal;
    return call;
  }

  #opened(call: CallContext): CallContext {
    if (this.#calls) this.#calls.push(call);
    else this.#calls = [call];
    this.#underWay++;
    return call;
  }

  failed(failure: Failure): Failure {
    if (failure.retryAfterSeconds !== undefined) {
      this.retryAfter = Math.max(this.retryAfter ?? 0, failure.retryAfterSeconds);
    }
    return failure;
  }

  cancel(): void {
    for (const call of this.#calls ?? []) this.pipeline.cancel(call);
  }

  /** Begins one when no root field ran: the answer needs request id and trace. */
  get call(): CallContext {
    return this.#calls?.[0] ?? this.begin();
  }

  get continued(): Inbound {
    const { requestId, trace } = this.call;
    return { ...this.inbound, requestId, trace };
  }

  /** The call with the smallest remaining quota. */
  get tightest(): CallContext {
    const left = ({ rate }: CallContext) => rate?.decision.remaining ?? Number.POSITIVE_INFINITY;
    return (this.#calls ?? [this.call]).reduce((a, b) => (left(b) < left(a) ? b : a));
  }
}
