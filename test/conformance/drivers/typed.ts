import { expect } from 'vitest';
import type { ClientOptions } from '../../../src/client/create-client.js';
import { Failure, type FailureClass } from '../../../src/contract/failure.js';
import type { Operation } from '../../../src/contract/operation.js';
import { createClient } from '../../support/create-client.js';
import { type Answer, type Call, type Driver, wireFailure } from './driver.js';

type Build = new (input: object) => Operation;

/** The typed client. */
export class TypedDriver implements Driver {
  readonly #client: ReturnType<typeof createClient>;
  #token: string | undefined;

  constructor(options: Omit<ClientOptions, 'token'>) {
    this.#client = createClient({ ...options, token: () => this.#token });
  }

  async call({ operation, input, token, ...options }: Call): Promise<Answer> {
    const message = new (operation.message as unknown as Build)(input);
    // asked for before anything is awaited
    this.#token = token;
    try {
      return { outcome: { value: await this.#client.execute(message, options) }, facts: {} };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { constructor: thrown, kind, title } = error;
      return { outcome: { failure: wireFailure(error) }, facts: { thrown, kind, title } };
    }
  }

  success() {
    return {};
  }

  failure(declared: FailureClass) {
    return { thrown: expect.toSatisfy((thrown) => thrown === declared), kind: declared.kind, title: declared.title };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
