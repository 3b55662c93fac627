import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { getUserMethod } from '../get-user-proto.js';
import type { Load } from './load.js';
import { fire, type Send } from './pipelined.js';

const { path, requestSerialize, responseDeserialize } = getUserMethod;

export const grpc: Load = async ({ url, token, userId }, settings) => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const clients = Array.from(
    { length: settings.connections },
    () => new Client(url, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }),
  );
  const sendOn =
    (client: Client): Send =>
    () =>
      new Promise((resolve) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { id: userId }, metadata, (error) =>
          resolve(error === null),
        );
      });
  const answered = await fire(clients.map(sendOn), settings);
  for (const client of clients) client.close();
  return answered;
};
