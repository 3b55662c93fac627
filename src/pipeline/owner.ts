import { Failure } from '../contract/failure.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { type CallContext, runInCall } from './call-context.js';
import type { Dispatcher } from './dispatcher.js';
import { Executor } from './executor.js';
import { AlreadyDone, type IdempotencyLog, replay, type StoredOutcome, slotFor } from './idempotency.js';
import type { IdempotencySlot } from './idempotency-slot.js';
import { authorizeInput, type Decision } from './principal.js';
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
export class Owner extends Executor {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly log: IdempotencyLog,
    private readonly unitOfWork: UnitOfWork,
  ) {
    super();
  }

  override run(
    operation: OperationDescriptor,
    call: CallContext,
    decision: Decision,
    input: object,
    key?: string,
  ): Promise<unknown> {
    authorizeInput(decision, input);
    const slot = key === undefined ? undefined : slotFor(operation, call, input, key);
    if (call.lifetime.ended) return Promise.reject(call.lifetime.ended);
    const output = slot ? this.#executeOnce(operation, call, input, slot) : this.#execute(operation, call, input);
    return decision.onRows ? output.then((value) => withRowsAsked(operation, call, value)) : output;
  }

  #execute(operation: OperationDescriptor, call: CallContext, input: object): Promise<unknown> {
    call.operation = operation.id;
    if (call.span) return this.#executeTraced(operation, call, input, call.span);
    return runInCall(call, () => this.dispatcher.dispatch(operation, input, call));
  }

  #executeTraced(operation: OperationDescriptor, call: CallContext, input: object, outer: Span): Promise<unknown> {
    const handled = traced(outer, `handle ${operation.id}`, 'internal', (span) => {
      call.span = span;
      return runInCall(call, () => this.dispatcher.dispatch(operation, input, call));
    });
    return handled.finally(() => {
      call.span = outer;
    });
  }

  async #executeOnce(operation: OperationDescriptor, call: CallContext, input: object, slot: IdempotencySlot) {
    const stored = await runInCall(call, () => this.log.find(slot));
    call.span?.set('app.idempotency', stored ? 'replayed' : 'first');
    if (stored) {
      call.rowAccess.consulted = true;
      return replay(operation, slot, stored, this.registry.failures);
    }
    call.idempotency = slot;
    try {
      const output = await this.#execute(operation, call, input);
      await this.#ensureRecorded(operation, call, slot, output);
      return output;
    } catch (error) {
      const stored = error instanceof AlreadyDone ? error.stored : await this.#recordFailure(call, slot, error);
      if (stored) return replay(operation, slot, stored, this.registry.failures);
      throw error;
    }
  }

  async #ensureRecorded({ id }: OperationDescriptor, call: CallContext, slot: IdempotencySlot, output: unknown) {
    if (!slot.recorded) await runInCall(call, () => this.unitOfWork.run(async () => output));
    else if (slot.recorded.value !== output) throw new Error(`${id} must return what its unit of work returned`);
  }

  /**
   * The command's own transaction is rolled back by now, so this is a second one. Gives the outcome of another request
   * with this key, which came first: the failure is then only that it was done already.
   */
  async #recordFailure(call: CallContext, slot: IdempotencySlot, error: unknown): Promise<StoredOutcome | undefined> {
    if (!(error instanceof Failure) || !worthStoring.has(error.kind)) return undefined;
    const { code, message, issues } = error;
    return runInCall(call.fork({ idempotency: undefined }), () =>
      this.unitOfWork.run(async () => {
        const stored = await this.log.claim(slot);
        if (!stored) await this.log.record(slot, { failure: { code, detail: message, ...(issues && { issues }) } });
        return stored;
      }),
    );
  }
}

/** Fails closed: a handler that forgets the row filter would show every row. */
function withRowsAsked<T>({ id }: OperationDescriptor, { rowAccess }: CallContext, value: T): T {
  if (!rowAccess.consulted) throw new Error(`${id} did not ask which rows the caller may touch`);
  return value;
}
