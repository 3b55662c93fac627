import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';
import { mayRead, VerifiedTokens } from './verified-tokens.js';

const Params = z.object({ id: z.uuid() });

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** GetUser as JSON-RPC on ws alone. */
export async function serve(): Promise<Target> {
  const users = await usersInMemory();
  const tokens = new VerifiedTokens();

  async function getUser(params: unknown, authorization: string | undefined): Promise<object> {
    const claims = tokens.find(authorization) ?? (await tokens.verify(authorization));
    if (!claims) return failure(-32001, 'UNAUTHENTICATED');
    const { data, success } = Params.safeParse(params);
    if (!success) return failure(-32602, 'INVALID_ARGUMENT');
    if (!mayRead(claims, data.id)) return failure(-32003, 'PERMISSION_DENIED');
    const user = await users.find(data.id);
    if (!user) return failure(-32004, 'USER_NOT_FOUND');
    return {
      result: {
        id: user.id,
        email: user.email.value,
        name: user.name?.value,
        created_at: user.createdAt.toISOString(),
        updated_at: user.updatedAt.toISOString(),
      },
    };
  }

  async function answer(data: RawData, authorization: string | undefined): Promise<string> {
    const { id, method, params } = JSON.parse(data.toString()) as Request;
    const outcome =
      method === 'users.getUser' ? await getUser(params, authorization) : failure(-32601, 'UNIMPLEMENTED');
    return JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
  }

  const http = createServer();
  const server = new WebSocketServer({ server: http, path: '/ws', maxPayload: 65_536, perMessageDeflate: false });
  server.on('connection', (socket, { headers: { authorization } }) => {
    socket.on('message', (data) => {
      answer(data, authorization).then(
        (text) => socket.send(text),
        () => socket.close(),
      );
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, token: await tokens.issue(userId), userId };
}

const failure = (code: number, message: string) => ({ error: { code, message, data: { code: message } } });
