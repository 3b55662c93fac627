import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Executed } from './graphql-engine.js';

/** Not executed: over WebSocket this is another message than a result with errors. */
export class Refused extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('the operation was refused');
  }
}

/** One result as a stream: graphql-ws can stop a stream, not a promise. */
export function singleResult(executed: Promise<Executed>, cancel: () => void): AsyncGenerator<ExecutionResult, void> {
  let stopped = false;
  async function* results() {
    const { result } = await executed;
    if (stopped) return;
    if (result.data === undefined) throw new Refused(result.errors ?? []);
    // its errors are already formatted
    yield result as ExecutionResult;
  }
  // `return` of a generator would wait for the result
  const stop = async () => {
    stopped = true;
    cancel();
    return { done: true, value: undefined } as const;
  };
  return Object.assign(results(), { return: stop });
}

export const refusedErrors = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
  errors.flatMap((error) => (error.originalError instanceof Refused ? error.originalError.errors : [error.toJSON()]));
