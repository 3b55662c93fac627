import type { Call } from './call.js';

/** Gives the validated input of a call to the handler of its operation, wherever that is. */
export abstract class Dispatcher {
  abstract dispatch(call: Call): Promise<unknown>;
}
