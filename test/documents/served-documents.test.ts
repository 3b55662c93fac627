import { describe, expect, it } from 'vitest';
import { asyncApi } from '../../scripts/contract/asyncapi/asyncapi.js';
import { generate } from '../../scripts/contract/generate.js';
import { openApi } from '../../scripts/contract/openapi/openapi.js';
import type { ModuleContract } from '../../src/contract/module.js';
import { auth } from '../../src/modules/auth/contract/index.js';
import { users } from '../../src/modules/users/contract/index.js';
import { asyncApiOf, openApiOf } from '../../src/protocols/served-documents.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';
import { things } from './things.js';

const info = { title: 'Made', version: '1' };
const modules = [auth, users, specimens];
const generated = generate(modules, info, new Map());
const committed = { openApi: generated.get('openapi.json') ?? '', asyncApi: generated.get('asyncapi.json') ?? '' };

const operationsOf = (some: readonly ModuleContract[]) => some.flatMap(({ operations }) => operations);

const served = (some: readonly ModuleContract[], topicPrefix = 'mstv') => {
  const operations = operationsOf(some);
  const overRest = operations.filter(({ protocols }) => protocols.includes('rest'));
  return {
    openApi: openApiOf(overRest, committed.openApi)(),
    asyncApi: asyncApiOf(operations, topicPrefix, committed.asyncApi)(),
  };
};

const made = (some: readonly ModuleContract[]) => ({
  openApi: openApi(operationsOf(some), info, some),
  asyncApi: asyncApi(operationsOf(some), info),
});

const asJson = (documents: object): unknown => JSON.parse(JSON.stringify(documents));

describe('the documents that a process serves', () => {
  it.each([
    ['auth', [auth]],
    ['users', [users]],
    ['specimens', [specimens]],
    ['auth and users', [auth, users]],
    ['users and specimens', [users, specimens]],
  ])('are those of the contracts it serves: %s', (_names, some) => {
    expect(served(some)).toEqual(asJson(made(some)));
  });

  it('are the committed ones, word for word, where all modules are served', () => {
    expect(JSON.stringify(served(modules))).toBe(JSON.stringify(made(modules)));
  });

  it('have the topics of another prefix, whatever its characters', () => {
    const { asyncApi } = served(modules, 'a"$&\\b');
    expect(asyncApi).toMatchObject({ channels: { mqttGetUser: { address: 'a"$&\\b/rpc/users/get-user' } } });
    const withPrefix = (text: string) => text.replaceAll(/mstv(?=\/(?:rpc|clients)\/)/g, () => 'a"$&\\b');
    const expected = JSON.parse(committed.asyncApi, (_key, value) =>
      typeof value === 'string' ? withPrefix(value) : value,
    );
    expect({ ...asyncApi, 'x-generated': expected['x-generated'] }).toEqual(expected);
  });

  it('are refused when they lack an operation, with the way to write them', () => {
    const { operations } = things();
    expect(() => openApiOf(operations, committed.openApi)).toThrow(
      'src/schemas/openapi.json lacks saveThing, findThing: run `npm run contract`',
    );
    expect(() => asyncApiOf(operations, 'mstv', committed.asyncApi)).toThrow(
      'src/schemas/asyncapi.json lacks websocketSaveThing, mqttSaveThing, mqtt3SaveThing',
    );
  });
});
