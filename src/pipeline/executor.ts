import type { Call } from './call.js';

/** What comes after the steps of the edge: in this process, or in the one that has the handler. */
export abstract class Executor {
  /** Of an authorized call with a validated input. Rejects with what the caller may see. */
  abstract run(call: Call): Promise<unknown>;
}

/** Of operations whose module runs elsewhere: the process that has their handlers runs the steps of LocalExecutor. */
export abstract class RemoteExecutor extends Executor {}
