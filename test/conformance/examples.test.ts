import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyone, can } from '../../src/contract/access.js';
import { failure } from '../../src/contract/failure.js';
import { describe as descriptorOf, module } from '../../src/contract/module.js';
import { type AnyOperationClass, command } from '../../src/contract/operation.js';
import { exampleOf } from './examples.js';

class Gone extends failure('USER_GONE', 'not_found', 'The user is gone') {}
const emptySpec = { input: z.object({}), output: z.void(), access: anyone } as const;

class NewOperation extends command({ ...emptySpec, rest: 'POST /users/new-operation' }) {}
class GetUser extends command({ ...emptySpec, errors: [Gone], access: can('read', 'User'), rest: 'POST /users/get' }) {}
class ShipOrder extends command({ ...emptySpec, rest: 'POST /orders/ship' }) {}

module('users', { NewOperation, GetUser });
module('shipping', { ShipOrder });

const example = (message: AnyOperationClass) => () => exampleOf(descriptorOf(message));

describe('a new operation', () => {
  test('is covered by being declared: the suite says which example it lacks, and where', () => {
    expect(example(NewOperation as unknown as AnyOperationClass)).toThrow(
      'users.newOperation has no example: add one to test/conformance/examples/users.ts',
    );
  });

  test('of a new module requires a new file', () => {
    expect(example(ShipOrder as unknown as AnyOperationClass)).toThrow(
      'shipping.shipOrder has no example: write test/conformance/examples/shipping.ts and name it in test/conformance/examples.ts',
    );
  });

  test('needs every failure that it declares', () => {
    expect(example(GetUser as unknown as AnyOperationClass)).toThrow(
      'the example of users.getUser in test/conformance/examples/users.ts lacks USER_GONE',
    );
  });
});
