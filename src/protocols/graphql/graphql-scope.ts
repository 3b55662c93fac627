import type { FastifyRequest } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { GatheredIds } from './gathered-ids.js';
import type { RelatedRows } from './related-rows.js';

/** One GraphQL operation on its way, and the context value of its resolvers: each root field is a call of its own, and so is each relation. */
export class GraphqlScope {
  #calls: CallContext[] | undefined;
  #underWay = 0;
  #gathered: GatheredIds | undefined;
  /** Seconds, the longest that a failure asked for. */
  retryAfter: number | undefined;

  constructor(
    private readonly pipeline: Pipeline,
    /** Where guards of hand-written resolvers look for it. */
    readonly req: FastifyRequest,
    private readonly inbound: Inbound,
  ) {}

  /** The calls of one scope share request id and trace. */
  begin(operation?: OperationDescriptor): CallContext {
    return this.#opened(this.pipeline.begin(this.#calls ? this.continued : this.inbound, operation));
  }

  /** A call begun here is over. */
  end(): void {
    if (--this.#underWay === 0) this.#gathered?.askSoon();
  }

  /** The row with this id, or nothing. All that is wanted while other calls are under way is asked for at once. */
  related(rows: RelatedRows, id: string): Promise<unknown> {
    this.#gathered ??= new GatheredIds(
      () => this.#underWay === 0,
      (wanted, ids) => this.#findRelated(wanted, ids),
    );
    return this.#gathered.add(rows, id);
  }

  async #findRelated(rows: RelatedRows, ids: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    const call = this.#opened(this.#beginWithin(rows.operation));
    try {
      return await rows.find(ids, call);
    } catch (error) {
      throw this.failed(this.pipeline.toFailure(error, call, rows.operation));
    } finally {
      this.end();
    }
  }

  /** For the caller of the calls before, in what they left of their time. */
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

  /** Begun for the answer's sake where no root field was reached. */
  get call(): CallContext {
    return this.#calls?.[0] ?? this.begin();
  }

  /** What another scope of the same request starts from. */
  get continued(): Inbound {
    const { requestId, trace } = this.call;
    return { ...this.inbound, requestId, trace };
  }

  /** The call with the fewest left of its quota: the one to tell the caller of. */
  get tightest(): CallContext {
    const left = ({ rate }: CallContext) => rate?.decision.remaining ?? Number.POSITIVE_INFINITY;
    return (this.#calls ?? [this.call]).reduce((a, b) => (left(b) < left(a) ? b : a));
  }
}
