import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';
import { mayRead, VerifiedTokens } from './verified-tokens.js';

const Params = z.object({ id: z.uuid() });
const topic = 'mstv/rpc/users/get-user';

interface Envelope {
  readonly reply_to: string;
  readonly correlation_id: string;
  readonly authorization?: string;
  readonly params?: unknown;
}

/** GetUser on mqtt.js alone, beside an Aedes in the same process as ours has it. */
export async function serve(): Promise<Target> {
  const users = await usersInMemory();
  const tokens = new VerifiedTokens();

  async function getUser({ authorization, params }: Envelope): Promise<object> {
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

  async function answer(client: MqttClient, payload: Buffer): Promise<void> {
    const envelope = JSON.parse(payload.toString()) as Envelope;
    const { correlation_id } = envelope;
    client.publish(envelope.reply_to, JSON.stringify({ correlation_id, ...(await getUser(envelope)) }), { qos: 1 });
  }

  const url = await startBroker();
  const client = await connectMqtt(url, {});
  client.on('message', (_topic, payload) => void answer(client, payload));
  await client.subscribeAsync(topic, { qos: 1 });
  return { url, token: await tokens.issue(userId), userId };
}

async function startBroker(): Promise<string> {
  const aedes = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, aedes.handle);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Nagle's algorithm at both ends would hold an answer back for 40 ms. */
async function connectMqtt(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(url, options);
  (client.stream as Socket).setNoDelay(true);
  return client;
}

const failure = (code: number, message: string) => ({ error: { code, message, data: { code: message } } });
