import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { openApi } from '../../scripts/contract/openapi/openapi.js';
import { anyone } from '../../src/contract/access.js';
import { module } from '../../src/contract/module.js';
import { query } from '../../src/contract/operation.js';
import { view } from '../../src/contract/values.js';
import { auth } from '../../src/modules/auth/contract/index.js';
import { UserView, users } from '../../src/modules/users/contract/index.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';

interface Operation {
  readonly operationId: string;
  readonly tags: string[];
  readonly security: object[];
  readonly parameters: ({ name: string; in: string } | { $ref: string })[];
  readonly requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  readonly responses: Record<string, { content?: Record<string, { schema: unknown }>; $ref?: string }>;
}
interface Document {
  readonly tags: readonly object[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, Record<string, unknown>>;
    readonly responses: Record<string, { headers: object }>;
    readonly parameters: Record<string, { schema: object; example?: unknown }>;
    readonly headers: Record<string, { schema: object; example?: unknown }>;
  };
}

const modules = [auth, users, specimens];
const info = { title: 'Made', version: '1' };
const document = openApi(
  modules.flatMap(({ operations }) => operations),
  info,
  modules,
) as unknown as Document;
const at = (method: string, path: string): Operation => {
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`no ${method} ${path}`);
  return operation;
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
  });

  it('has every public operation once and no internal one', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    const served = modules.flatMap(({ operations }) =>
      operations.filter(({ protocols }) => protocols.includes('rest')),
    );
    expect(ids).toHaveLength(served.length);
    expect(ids).toContain('createUser');
    expect(ids).toContain('discardSpecimenV2');
    expect(ids).not.toContain('createUserProfile');
    expect(at('delete', '/v2/specimens/{id}').tags).toEqual(['specimens']);
  });

  it('gives path, query and header parameters; a list is a repeated key', () => {
    expect(at('get', '/users/{id}').parameters).toContainEqual({
      name: 'id',
      in: 'path',
      required: true,
      schema: { type: 'string', format: 'uuid' },
    });
    const { parameters } = at('get', '/specimens/filter');
    expect(parameters).toContainEqual({
      name: 'colours',
      in: 'query',
      style: 'form',
      explode: true,
      schema: { type: 'array', maxItems: 3, items: { $ref: '#/components/schemas/Colour' } },
    });
    expect(parameters).toContainEqual({ $ref: '#/components/parameters/TimeoutMs' });
  });

  it('offers the idempotency key to commands whose output holds no credential', () => {
    const key = { $ref: '#/components/parameters/IdempotencyKey' };
    expect(at('post', '/users').parameters).toContainEqual(key);
    expect(at('get', '/users').parameters).not.toContainEqual(key);
    expect(at('post', '/auth/login').parameters).not.toContainEqual(key);
  });

  it('leaves path parameters out of the body', () => {
    expect(at('patch', '/users/{id}').requestBody).toEqual({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/UpdateUserRequest' } } },
    });
    expect(Object.keys(document.components.schemas.UpdateUserRequest?.properties ?? {})).toEqual([
      'email',
      'name',
      'clear',
    ]);
  });

  it('names the success status and each failure code under its status', () => {
    const { responses } = at('post', '/users');
    expect(responses['201']?.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/User' } },
    });
    expect(responses['409']?.$ref).toBe('#/components/responses/UserEmailTakenOrIdempotencyKeyInUse');
    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '408',
      '409',
      '413',
      '415',
      '429',
      '500',
      '503',
      '504',
    ]);
    expect(at('delete', '/users/{id}').responses['204']).not.toHaveProperty('content');
    expect(document.components.responses.RateLimited?.headers).toHaveProperty('retry-after');
  });

  it('requires a token except where anyone may call', () => {
    expect(at('get', '/users').security).toEqual([{ bearer: [] }]);
    expect(at('post', '/auth/login').security).toEqual([]);
  });

  it('says what each module is for', () => {
    expect(document.tags).toEqual([
      { name: 'auth', description: auth.description },
      { name: 'users', description: users.description },
      { name: 'specimens', description: specimens.description },
    ]);
  });

  it('has no constant: generators drop an answer whose schema has one', () => {
    expect(JSON.stringify(document)).not.toContain('"const"');
    expect(document.components.responses.ServiceUnavailable).toMatchObject({
      content: { 'application/problem+json': { schema: { allOf: [{}, { properties: { status: { enum: [503] } } }] } } },
    });
  });

  it('has no lookahead: the regular expressions of Go and Rust have none, and validators refuse the document', () => {
    expect(JSON.stringify(document)).not.toMatch(/\(\?<?[=!]/);
  });

  it('gives no name to a parameter and an answer or schema: some generators have one namespace for them', () => {
    const { parameters, responses, schemas } = document.components;
    const names = [parameters, responses, schemas].flatMap((components) => Object.keys(components));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has no pattern for a header that is taken as absent when it does not match, but what a client is to send', () => {
    const { RequestId, Traceparent, TimeoutMs, IdempotencyKey } = document.components.parameters;
    for (const ignored of [RequestId, Traceparent]) expect(ignored?.schema).toEqual({ type: 'string' });
    expect(TimeoutMs?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 999_999_999 });
    expect(IdempotencyKey?.schema).toHaveProperty('pattern');
  });

  it('has examples that its schemas admit', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const { headers, parameters } = document.components;
    const examples = Object.values({ ...headers, ...parameters }).filter(({ example }) => example !== undefined);
    for (const { schema, example } of examples) expect(ajv.validate(schema, example)).toBe(true);
    expect(examples.length).toBeGreaterThan(5);
  });

  it('describes every header that an answer has', () => {
    const { headers, responses } = document.components;
    for (const { headers: own } of Object.values(responses)) expect(own).toHaveProperty('x-request-id');
    expect(headers['x-request-id']).toMatchObject({ required: true });
    expect(responses.Unauthenticated?.headers).toHaveProperty('www-authenticate');
    expect(responses.ServiceUnavailable?.headers).toHaveProperty('retry-after');
  });

  it('refuses two schemas of one name, its own included', () => {
    const found = (output: z.ZodObject) =>
      module('made', { GetMade: query({ input: UserView, output, access: anyone, rest: 'GET /made' }) });
    expect(() => openApi(found(view('Problem', {})).operations, info)).toThrow('two schemas are called Problem');
  });

  it('refuses two operations of one name', () => {
    const declared = [...users.operations, ...users.operations];
    expect(() => openApi(declared, info)).toThrow('two REST operations are called createUser');
  });
});
