import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Executed } from './graphql-engine.js';

/** Not executed: over WebSocket this is another message than a result with errors. */
export class Refused extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('the operation was refused');
  }
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** One result as a stream: graphql-ws can stop a stream, not a promise. */
export class SingleResult implements AsyncIterableIterator<ExecutionResult, undefined> {
  #executed: Promise<Executed> | undefined;
  #stopped = false;

  constructor(
    executed: Promise<Executed>,
    private readonly stop: () => void,
  ) {
    this.#executed = executed;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    const executed = await this.#executed;
    this.#executed = undefined;
    if (!executed || this.#stopped) return end;
    const { result } = executed;
    if (result.data === undefined) throw new Refused(result.errors ?? []);
    // already formatted
    return { done: false, value: result as ExecutionResult };
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stopped = true;
    this.stop();
    return end;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export const refusedErrors = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
  errors.flatMap((error) => (error.originalError instanceof Refused ? error.originalError.errors : [error.toJSON()]));
