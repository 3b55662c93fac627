import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import Fastify, { type FastifyReply } from 'fastify';
import { Child } from '../child.js';
import { type GetUserRequest, getUserMethod } from '../get-user-proto.js';
import type { Target } from '../target.js';
import { Params, problem, userSchema } from './rest-by-hand.js';
import { mayRead, VerifiedTokens } from './verified-tokens.js';

interface Timestamp {
  readonly seconds: number | { toNumber(): number };
  readonly nanos: number;
}

interface GetUserResponse {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name?: string;
    readonly createdAt: Timestamp;
    readonly updatedAt: Timestamp;
  };
}

const deadlineMs = 10_000;
const { path, requestSerialize, responseDeserialize } = getUserMethod;

const isoTime = ({ seconds, nanos }: Timestamp): string =>
  new Date(Number(seconds) * 1000 + nanos / 1_000_000).toISOString();

function ask(client: Client, request: GetUserRequest, authorization: string): Promise<GetUserResponse> {
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, (error, answer) =>
      error ? reject(error) : resolve(answer as GetUserResponse),
    );
  });
}

const httpStatus: Partial<Record<status, number>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.DEADLINE_EXCEEDED]: 504,
};

const refuse = (reply: FastifyReply, { code, details }: ServiceError) =>
  problem(reply, httpStatus[code] ?? 503, details);

/** GetUser on Fastify and a client of grpc-js, before the server of `grpc-by-hand.ts`; both check the token and the input. */
export async function serve(): Promise<Target> {
  const { child, first: users } = await Child.start<never, never, Target>('serve.ts', ['grpc', 'by hand']);
  const client = new Client(users.url, credentials.createInsecure());
  const tokens = new VerifiedTokens();
  const fastify = Fastify();
  fastify.get('/users/:id', { schema: { response: { 200: userSchema } } }, async (request, reply) => {
    const { authorization = '' } = request.headers;
    const claims = tokens.find(authorization) ?? (await tokens.verify(authorization));
    if (!claims) return problem(reply, 401, 'UNAUTHENTICATED');
    const params = Params.safeParse(request.params);
    if (!params.success) return problem(reply, 400, 'INVALID_ARGUMENT');
    if (!mayRead(claims, params.data.id)) return problem(reply, 403, 'PERMISSION_DENIED');
    try {
      const { user } = await ask(client, params.data, authorization);
      const { id, email, name, createdAt, updatedAt } = user;
      return { id, email, name, created_at: isoTime(createdAt), updated_at: isoTime(updatedAt) };
    } catch (error) {
      return refuse(reply, error as ServiceError);
    }
  });
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { url, token: users.token, userId: users.userId, processes: [child.pid] };
}
