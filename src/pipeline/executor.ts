import { Injectable, Optional } from '@nestjs/common';
import type { Call } from './call.js';
import { LocalExecutor } from './local-executor.js';
import { OperationRegistry } from './registry.js';

export abstract class RemoteExecutor {
  abstract run(call: Call): Promise<unknown>;
}

@Injectable()
export class Executor {
  constructor(
    private readonly registry: OperationRegistry,
    @Optional() private readonly local?: LocalExecutor,
    @Optional() private readonly remote?: RemoteExecutor,
  ) {}

  run(call: Call): Promise<unknown> {
    const executor = this.registry.runs(call.operation) ? this.local : this.remote;
    if (!executor) throw new Error(`${call.operation.id} runs in another process, and this one has no RemoteExecutor`);
    return executor.run(call);
  }
}
