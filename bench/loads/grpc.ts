import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { getUserMethod } from '../get-user-proto.js';
import type { Target } from '../target.js';
import type { Load } from './load.js';
import { fire, type Send } from './pipelined.js';

const { path, requestSerialize, responseDeserialize } = getUserMethod;

/** On a connection of its own. */
export function open({ url, token, userId }: Target): { client: Client; send: Send } {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const client = new Client(url, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const send: Send = () =>
    new Promise((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { id: userId }, metadata, (error) =>
        resolve(error === null),
      );
    });
  return { client, send };
}

export const grpc: Load = async (target, settings) => {
  const opened = Array.from({ length: settings.connections }, () => open(target));
  const answered = await fire(
    opened.map(({ send }) => send),
    settings,
  );
  for (const { client } of opened) client.close();
  return answered;
};
