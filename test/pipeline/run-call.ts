import type { Call } from '../../src/pipeline/call.js';
import type { Pipeline } from '../../src/pipeline/pipeline.js';

/** As a promise. Rejects with a Failure. */
export const runCall = (pipeline: Pick<Pipeline, 'run'>, call: Call): Promise<unknown> =>
  new Promise((resolve, reject) => pipeline.run(call, { resolve, reject }));
