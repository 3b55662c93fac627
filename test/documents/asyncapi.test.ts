import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { asyncApi } from '../../scripts/contract/asyncapi/asyncapi.js';
import { auth } from '../../src/modules/auth/contract/index.js';
import { users } from '../../src/modules/users/contract/index.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';

interface Document {
  readonly channels: Record<string, { address: string | null; messages: Record<string, { payload: unknown }> }>;
  readonly operations: Record<string, { security?: unknown[]; reply: { address?: { location: string } } }>;
  readonly components: { readonly schemas: Record<string, { properties: Record<string, unknown> }> };
}

const operations = [auth, users, specimens].flatMap((module) => module.operations);
const info = { title: 'Made', version: '1' };
const document = asyncApi(operations, info) as unknown as Document;

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', async () => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  });

  it('has a JSON-RPC method for every public operation and for signing in', () => {
    const { address, messages } = document.channels.websocket ?? {};
    expect(address).toBe('/ws');
    expect(messages?.createUserRequest?.payload).toMatchObject({
      required: ['jsonrpc', 'method', 'params'],
      properties: { method: { const: 'users.createUser' }, params: { properties: { email: {}, _meta: {} } } },
    });
    expect(messages?.createUserResult?.payload).toMatchObject({
      properties: { result: { $ref: '#/components/schemas/User' } },
    });
    expect(messages).toHaveProperty('rpcAuthenticateRequest');
    expect(messages).not.toHaveProperty('createUserProfileRequest');
  });

  it('has a topic for every public operation, with both forms of a message', () => {
    const { address, messages } = document.channels.mqttCreateUser ?? {};
    expect(address).toBe('mstv/rpc/users/create-user');
    expect(messages?.request?.payload).toEqual({ $ref: '#/components/schemas/CreateUserRequest' });
    expect(messages?.envelope?.payload).toMatchObject({
      properties: { reply_to: {}, correlation_id: {}, authorization: {}, idempotency_key: {}, params: {} },
    });
    expect(document.operations.mqttCreateUser?.reply.address?.location).toBe('$message.header#/responseTopic');
    expect(document.operations.mqtt3CreateUser?.reply.address?.location).toBe('$message.payload#/reply_to');
    expect(document.channels.mqttReplies?.address).toBeNull();
  });

  it('names the failures of an operation by code and number', () => {
    expect(document.components.schemas.GetUserFailure?.properties).toMatchObject({
      code: { enum: [-32004, -32602, -32001, -32003, -32029, -32603, -32053, -32054] },
      data: { properties: { code: { enum: expect.arrayContaining(['USER_NOT_FOUND', 'RATE_LIMITED']) } } },
    });
  });

  it('requires a token except where anyone may call', () => {
    expect(document.operations.websocketGetUser?.security).toHaveLength(1);
    expect(document.operations.websocketLogin).not.toHaveProperty('security');
  });

  it('leaves out what no operation uses', () => {
    expect(asyncApi([], info)).toMatchObject({ channels: {}, operations: {} });
  });

  it('refuses two operations of one name', () => {
    const twin = users.operations.map((operation) => ({ ...operation }));
    expect(() => asyncApi([...users.operations, ...twin], info)).toThrow('two operations are called createUser');
  });
});
