import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { z } from 'zod';
import { type GetUserRequest, getUserMethod } from '../get-user-proto.js';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';
import { mayRead, VerifiedTokens } from './verified-tokens.js';

const Request = z.object({ id: z.uuid() });

const timestamp = (date: Date) => {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
};

class Refusal extends Error {
  constructor(
    readonly code: status,
    readonly details: string,
  ) {
    super(details);
  }
}

/** GetUser on grpc-js and protobufjs alone. */
export async function serve(): Promise<Target> {
  const users = await usersInMemory();
  const tokens = new VerifiedTokens();

  async function getUser({ metadata, request }: ServerUnaryCall<GetUserRequest, object>): Promise<object> {
    const [authorization] = metadata.get('authorization') as string[];
    const claims = tokens.find(authorization) ?? (await tokens.verify(authorization));
    if (!claims) throw new Refusal(status.UNAUTHENTICATED, 'UNAUTHENTICATED');
    const { data, success } = Request.safeParse({ id: request.id });
    if (!success) throw new Refusal(status.INVALID_ARGUMENT, 'INVALID_ARGUMENT');
    if (!mayRead(claims, data.id)) throw new Refusal(status.PERMISSION_DENIED, 'PERMISSION_DENIED');
    const user = await users.find(data.id);
    if (!user) throw new Refusal(status.NOT_FOUND, 'USER_NOT_FOUND');
    return {
      user: {
        id: user.id,
        email: user.email.value,
        name: user.name?.value,
        createdAt: timestamp(user.createdAt),
        updatedAt: timestamp(user.updatedAt),
      },
    };
  }

  const server = new Server();
  const handler = (call: ServerUnaryCall<GetUserRequest, object>, respond: sendUnaryData<object>) => {
    getUser(call).then((answer) => respond(null, answer), respond);
  };
  server.addService({ getUser: getUserMethod }, { getUser: handler });
  const port = await promisify<string, ServerCredentials, number>(server.bindAsync.bind(server))(
    '127.0.0.1:0',
    ServerCredentials.createInsecure(),
  );
  return { url: `127.0.0.1:${port}`, token: await tokens.issue(userId), userId };
}
