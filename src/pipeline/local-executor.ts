import { Failure } from '../contract/failure.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { Call } from './call.js';
import { type CallContext, runInCall } from './call-context.js';
import type { Dispatcher } from './dispatcher.js';
import { Executor } from './executor.js';
import { AlreadyDone, type IdempotencyLog, replay, type StoredOutcome, slotFor } from './idempotency.js';
import type { IdempotencySlot } from './idempotency-slot.js';
import { authorizeInput } from './principal.js';
import type { OperationRegistry } from './registry.js';
import { type Span, traced } from './span.js';

const worthStoring = new Set([
  'not_found',
  'already_exists',
  'failed_precondition',
  'permission_denied',
  'invalid_argument',
]);

/** The steps of the process that has the handler: resource, idempotency, execution. */
export class LocalExecutor extends Executor {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly log: IdempotencyLog,
    private readonly unitOfWork: UnitOfWork,
  ) {
    super();
  }

  override run(call: Call): Promise<unknown> {
    authorizeInput(call.decision, call.input);
    const slot = slotFor(call);
    const { ended } = call.context.lifetime;
    if (ended) return Promise.reject(ended);
    const output = slot ? this.#executeOnce(call, slot) : this.#execute(call);
    return call.decision.onRows ? output.then((value) => withRowsAsked(call, value)) : output;
  }

  #execute(call: Call): Promise<unknown> {
    const { context, operation } = call;
    context.operation = operation.id;
    if (context.span) return this.#executeTraced(call, context.span);
    return runInCall(context, () => this.dispatcher.dispatch(call));
  }

  #executeTraced(call: Call, outer: Span): Promise<unknown> {
    const { context, operation } = call;
    const handled = traced(outer, `handle ${operation.id}`, 'internal', (span) => {
      context.span = span;
      return runInCall(context, () => this.dispatcher.dispatch(call));
    });
    return handled.finally(() => {
      context.span = outer;
    });
  }

  async #executeOnce(call: Call, slot: IdempotencySlot): Promise<unknown> {
    const { context, operation } = call;
    const stored = await runInCall(context, () => this.log.find(slot));
    context.span?.set('app.idempotency', stored ? 'replayed' : 'first');
    if (stored) {
      context.rowAccess.consulted = true;
      return replay(operation, slot, stored, this.registry.failures);
    }
    context.idempotency = slot;
    try {
      const output = await this.#execute(call);
      await this.#ensureRecorded(call, slot, output);
      return output;
    } catch (error) {
      const stored = error instanceof AlreadyDone ? error.stored : await this.#recordFailure(context, slot, error);
      if (stored) return replay(operation, slot, stored, this.registry.failures);
      throw error;
    }
  }

  async #ensureRecorded({ operation, context }: Call, slot: IdempotencySlot, output: unknown): Promise<void> {
    if (!slot.recorded) await runInCall(context, () => this.unitOfWork.run(async () => output));
    else if (slot.recorded.value !== output)
      throw new Error(`${operation.id} must return what its unit of work returned`);
  }

  /**
   * The command's own transaction is rolled back by now, so this is a second one. Gives the outcome of another request
   * with this key, which came first: the failure is then only that it was done already.
   */
  async #recordFailure(
    context: CallContext,
    slot: IdempotencySlot,
    error: unknown,
  ): Promise<StoredOutcome | undefined> {
    if (!(error instanceof Failure) || !worthStoring.has(error.kind)) return undefined;
    const { code, message, issues } = error;
    return runInCall(context.fork({ idempotency: undefined }), () =>
      this.unitOfWork.run(async () => {
        const stored = await this.log.claim(slot);
        if (!stored) await this.log.record(slot, { failure: { code, detail: message, ...(issues && { issues }) } });
        return stored;
      }),
    );
  }
}

/** Fails closed: a handler that forgets the row filter would show every row. */
function withRowsAsked<T>({ operation, context }: Call, value: T): T {
  if (!context.rowAccess.consulted) throw new Error(`${operation.id} did not ask which rows the caller may touch`);
  return value;
}
