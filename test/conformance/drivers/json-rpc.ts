import { expect } from 'vitest';
import type { FailureClass } from '../../../src/contract/failure.js';
import { type Answer, type Call, type RawDriver, unrecognized } from './driver.js';
import { jsonRpcFailure } from './json-rpc-answers.js';
import { toSnake } from './names.js';

/** What WebSocket and MQTT have in common: a call by its parameters in JSON, and what is answered. */
export abstract class JsonRpcDriver implements RawDriver {
  protected abstract answer(call: Call, params: object): Promise<Answer>;
  abstract expectMalformed(call: Call): Promise<void>;
  abstract expectBrokenText(call: Call): Promise<void>;
  abstract expectOversized(call: Call): Promise<void>;
  abstract close(): Promise<void>;

  call(call: Call): Promise<Answer> {
    return this.answer(call, toSnake(call.input) as object);
  }

  async expectUnknownField(call: Call): Promise<void> {
    const { outcome, facts } = await this.answer(call, { ...(toSnake(call.input) as object), nonsense: 'x' });
    expect([facts.code, outcome]).toMatchObject([-32602, unrecognized]);
  }

  success() {
    return { code: undefined };
  }

  failure(declared: FailureClass) {
    return jsonRpcFailure(declared);
  }
}
