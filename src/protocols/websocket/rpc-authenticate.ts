import { z } from 'zod';
import { anyone } from '../../contract/access.js';
import type { Issue } from '../../contract/failure.js';
import { jsonDecoder, withIssues } from '../../contract/json-codec.js';
import { describe, module } from '../../contract/module.js';
import { command } from '../../contract/operation.js';
import { validate } from '../../contract/validate.js';
import { secret, text } from '../../contract/values.js';

/** Declared like an operation, to validate its input. */
class Authenticate extends command({
  input: z.object({ token: secret(text({ min: 1, max: 8192 })) }),
  output: z.void(),
  access: anyone,
  protocols: ['websocket'],
}) {}

module('rpc', { Authenticate });
const operation = describe(Authenticate);
const decode = jsonDecoder(operation.input);

export const authenticateMethod = operation.wire.websocket;

/** `Bearer …` from `{ token }`; `issues` are those of `_meta`. Throws InvalidArgument. */
export const bearerOf = (params: unknown, issues: readonly Issue[]): string =>
  `Bearer ${(validate(operation, params, withIssues(decode, issues)) as { token: string }).token}`;
