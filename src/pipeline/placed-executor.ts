import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import { Executor } from './executor.js';
import type { Decision } from './principal.js';
import type { OperationRegistry } from './registry.js';

/** Runs an operation where its module is: here, or in another process. */
export class PlacedExecutor extends Executor {
  /** `here` is absent in a process that runs no module. */
  constructor(
    private readonly registry: OperationRegistry,
    private readonly here: Executor | undefined,
    private readonly elsewhere: Executor,
  ) {
    super();
  }

  override run(
    operation: OperationDescriptor,
    call: CallContext,
    decision: Decision,
    input: object,
    idempotencyKey?: string,
  ): Promise<unknown> {
    const executor = this.here && this.registry.runs(operation) ? this.here : this.elsewhere;
    return executor.run(operation, call, decision, input, idempotencyKey);
  }
}
