import DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import type { Decode } from '../../contract/json-codec.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import { type GraphqlServices, type RelationField, relatedRows } from './relation-fields.js';

/** Context value of one GraphQL operation. Each root field and each batch of related rows is a call. */
export class GraphqlScope {
  readonly #contexts: CallContext[] = [];
  #underWay = 0;
  #loaders: Map<RelationField, DataLoader<string, unknown>> | undefined;
  #batches: (() => void)[] = [];
  /** Seconds; the maximum of all failures. */
  retryAfter: number | undefined;

  constructor(
    private readonly services: GraphqlServices,
    /** For guards of hand-written resolvers. */
    readonly req: FastifyRequest,
    private readonly inbound: Inbound,
  ) {}

  execute(operation: OperationDescriptor, args: unknown, decode: Decode): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.services.pipeline.run(new Call(operation, this.#begin(operation), args, decode), {
        resolve: (value) => {
          this.#end();
          resolve(value);
        },
        reject: (failure) => {
          this.#end();
          reject(this.#noted(failure));
        },
      });
    });
  }

  /** Batched with others, once no running call can add to the batch. */
  related(field: RelationField, id: string): Promise<unknown> {
    const loader = this.#loaders?.get(field) ?? this.#loader(field);
    return loader.load(id);
  }

  #loader(field: RelationField): DataLoader<string, unknown> {
    const loader = new DataLoader<string, unknown>(
      (ids) => {
        // mutations run in sequence: a later one may have changed the row
        loader.clearAll();
        return this.#load(field, ids);
      },
      {
        maxBatchSize: field.maxIds,
        batchScheduleFn: (load) => {
          this.#batches.push(load);
          this.#loadSoon();
        },
      },
    );
    this.#loaders ??= new Map();
    this.#loaders.set(field, loader);
    return loader;
  }

  /** After all pending resolvers, which run in microtasks before the next tick. */
  #loadSoon(): void {
    void Promise.resolve().then(() =>
      process.nextTick(() => {
        if (this.#underWay > 0) return;
        const batches = this.#batches;
        this.#batches = [];
        for (const load of batches) load();
      }),
    );
  }

  async #load(field: RelationField, ids: readonly string[]): Promise<unknown[]> {
    const context = this.#beginWithin(field.operation);
    try {
      return await relatedRows(field, ids, context, this.services);
    } catch (error) {
      throw this.#noted(this.services.pipeline.toFailure(error, context, field.operation));
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (--this.#underWay === 0 && this.#batches.length > 0) this.#loadSoon();
  }

  #begin(operation?: OperationDescriptor): CallContext {
    const inbound = this.#contexts.length === 0 ? this.inbound : this.continued;
    return this.#opened(this.services.pipeline.begin(inbound, operation));
  }

  /** With the caller and the deadline of the earlier calls. */
  #beginWithin(operation: OperationDescriptor): CallContext {
    const { continued } = this;
    const deadline = Math.max(...this.#contexts.map(({ lifetime }) => lifetime.deadline));
    const timeoutMs = Math.max(0, deadline - performance.now());
    const context = this.#opened(this.services.pipeline.begin({ ...continued, timeoutMs }, operation));
    context.principal = (this.#contexts.find(({ principal }) => !principal.isAnonymous) ?? context).principal;
    return context;
  }

  #opened(context: CallContext): CallContext {
    this.#contexts.push(context);
    this.#underWay++;
    return context;
  }

  #noted(failure: Failure): Failure {
    if (failure.retryAfterSeconds !== undefined) {
      this.retryAfter = Math.max(this.retryAfter ?? 0, failure.retryAfterSeconds);
    }
    return failure;
  }

  toFailure(error: unknown): Failure {
    return this.services.pipeline.toFailure(error, this.context);
  }

  cancel(): void {
    for (const context of this.#contexts) this.services.pipeline.cancel(context);
  }

  /** Begins one when no root field ran: the answer needs request id and trace. */
  get context(): CallContext {
    return this.#contexts[0] ?? this.#begin();
  }

  get continued(): Inbound {
    const { requestId, trace } = this.context;
    return { ...this.inbound, requestId, trace };
  }

  get tightest(): CallContext {
    const left = ({ rate }: CallContext) => rate?.decision.remaining ?? Number.POSITIVE_INFINITY;
    return this.#contexts.reduce((a, b) => (left(b) < left(a) ? b : a), this.context);
  }
}
