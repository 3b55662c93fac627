import type { Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Target } from '../target.js';
import type { Load } from './load.js';
import { fire, type Send } from './pipelined.js';

/** `send` resolves with false where the connection has ended. */
export async function open({ url, token, userId }: Target): Promise<{ client: MqttClient; send: Send }> {
  const clientId = `load-${crypto.randomUUID()}`;
  const client = await connectAsync(url, { clientId });
  (client.stream as Socket).setNoDelay(true);
  const replyTo = `mstv/clients/${clientId}/replies`;
  await client.subscribeAsync(replyTo, { qos: 1 });
  const waiting = new Map<string, (isResult: boolean) => void>();
  let requests = 0;
  client.on('message', (_topic, payload) => {
    const { correlation_id, result } = JSON.parse(payload.toString()) as { correlation_id: string; result?: unknown };
    waiting.get(correlation_id)?.(result !== undefined);
    waiting.delete(correlation_id);
  });
  client.on('close', () => {
    for (const resolve of waiting.values()) resolve(false);
  });
  const head = { reply_to: replyTo, authorization: `Bearer ${token}`, params: { id: userId } };
  const send: Send = () =>
    new Promise((resolve) => {
      const correlation = String(++requests);
      waiting.set(correlation, resolve);
      client.publish('mstv/rpc/users/get-user', JSON.stringify({ ...head, correlation_id: correlation }), { qos: 1 });
    });
  return { client, send };
}

export const mqtt: Load = async (target, settings) => {
  const opened = await Promise.all(Array.from({ length: settings.connections }, () => open(target)));
  const answered = await fire(
    opened.map(({ send }) => send),
    settings,
  );
  await Promise.all(opened.map(({ client }) => client.endAsync(true)));
  return answered;
};
