import type { Call } from './call.js';
import { Executor } from './executor.js';
import type { OperationRegistry } from './registry.js';

/** Runs an operation where its module is: here, or in another process. */
export class RoutingExecutor extends Executor {
  /** `here` is absent in a process that runs no module. */
  constructor(
    private readonly registry: OperationRegistry,
    private readonly here: Executor | undefined,
    private readonly elsewhere: Executor,
  ) {
    super();
  }

  override run(call: Call): Promise<unknown> {
    const executor = this.here && this.registry.runs(call.operation) ? this.here : this.elsewhere;
    return executor.run(call);
  }
}
