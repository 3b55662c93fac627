import type { FastifyRequest } from 'fastify';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { OpenCalls } from '../http/open-calls.js';

/** One GraphQL operation on its way, and the context value of its resolvers: each root field is a call of its own. */
export class GraphqlScope {
  #calls: CallContext[] | undefined;
  /** Seconds, the longest that a failure asked for. */
  retryAfter: number | undefined;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly openCalls: OpenCalls,
    /** Where guards of hand-written resolvers look for it. */
    readonly req: FastifyRequest,
    private readonly inbound: Inbound,
  ) {}

  /** The calls of one scope share request id and trace. */
  begin(operation?: OperationDescriptor): CallContext {
    const call = this.pipeline.begin(this.#calls ? this.continued : this.inbound, operation);
    if (this.#calls) this.#calls.push(call);
    else this.#calls = [call];
    this.openCalls.add(this.req.raw.socket, call);
    return call;
  }

  end(call: CallContext): void {
    this.openCalls.remove(this.req.raw.socket, call);
  }

  fail(call: CallContext, error: unknown, operation: OperationDescriptor): Failure {
    this.end(call);
    const failure = this.pipeline.toFailure(error, call, operation);
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
    const first = this.#calls?.[0];
    if (first) return first;
    const begun = this.begin();
    this.end(begun);
    return begun;
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
