import { Injectable, Optional } from '@nestjs/common';
import { Failure } from '../contract/failure.js';
import type { FailureKind } from '../contract/failure-table.js';
import { UnitOfWork } from '../ports/unit-of-work.js';
import type { Call } from './call.js';
import { type CallContext, runInCall } from './call-context.js';
import { IdempotencyLog, type IdempotentRequest } from './idempotency.js';
import { idempotentRequest } from './idempotent-request.js';
import { LocalDispatcher } from './local-dispatcher.js';
import { OperationRegistry } from './registry.js';
import { traced } from './span.js';

/** Kinds of failure that the same request would give again. */
const repeatable: ReadonlySet<FailureKind> = new Set([
  'not_found',
  'already_exists',
  'failed_precondition',
  'permission_denied',
  'invalid_argument',
]);

export abstract class Executor {
  abstract run(call: Call): Promise<unknown>;
}

export abstract class RemoteExecutor extends Executor {}

/** Checks the input, replays a stored outcome, runs the handler in its transaction: for the modules of this process. */
@Injectable()
export class LocalExecutor extends Executor {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly dispatcher: LocalDispatcher,
    private readonly log: IdempotencyLog,
    private readonly unitOfWork: UnitOfWork,
    @Optional() private readonly remote?: RemoteExecutor,
  ) {
    super();
  }

  override run(call: Call): Promise<unknown> {
    if (this.remote && !this.registry.runs(call.operation)) return this.remote.run(call);
    call.authorizeInput();
    const request = idempotentRequest(call, this.registry.failures);
    const { ended } = call.context.lifetime;
    if (ended) return Promise.reject(ended);
    const output = request ? this.#runOnce(call, request) : this.#runHandler(call);
    return call.decision.onRows ? output.then((value) => requireRowFilter(call, value)) : output;
  }

  #runHandler(call: Call): Promise<unknown> {
    const { context, operation } = call;
    context.operation = operation.id;
    if (!context.span) return this.dispatcher.dispatch(call, context);
    return traced(context.span, `handle ${operation.id}`, 'internal', (span) =>
      this.dispatcher.dispatch(call, { ...context, span }),
    );
  }

  async #runOnce(call: Call, request: IdempotentRequest): Promise<unknown> {
    const { context } = call;
    const known = await runInCall(context, () => this.log.find(request));
    context.span?.set('app.idempotency', known ? 'replayed' : 'first');
    if (known) return request.replay(known);
    context.idempotency = request;
    try {
      const output = await this.#runHandler(call);
      await this.#ensureRecorded(call, request, output);
      return output;
    } catch (error) {
      if (!(error instanceof Failure && repeatable.has(error.kind))) throw error;
      return this.#recordFailure(context, request, error);
    }
  }

  async #ensureRecorded({ operation, context }: Call, request: IdempotentRequest, output: unknown): Promise<void> {
    if (!request.recorded) await runInCall(context, () => this.unitOfWork.run(async () => output));
    else if (request.recorded.value !== output)
      throw new Error(`${operation.id} must return what its unit of work returned`);
  }

  /** In a second transaction: the command's own is rolled back. Rejects with `failure`, or replays an earlier outcome. */
  async #recordFailure(context: CallContext, request: IdempotentRequest, failure: Failure): Promise<unknown> {
    const { code, message: detail, issues } = failure;
    const earlier = await runInCall({ ...context, idempotency: undefined }, () =>
      this.unitOfWork.run(async () => {
        const stored = await this.log.claim(request);
        if (!stored) await this.log.record(request, { failure: { code, detail, issues } });
        return stored;
      }),
    );
    if (earlier) return request.replay(earlier);
    throw failure;
  }
}

/** Fails closed: a handler that ignores the row filter would return every row. */
function requireRowFilter<T>({ operation, context }: Call, value: T): T {
  if (!context.rowAccess.consulted)
    throw new Error(`${operation.id} did not read CurrentCall.rows(…), so its rows are not filtered`);
  return value;
}
