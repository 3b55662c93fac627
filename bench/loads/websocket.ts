import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Target } from '../target.js';
import type { Load } from './load.js';
import { fire, type Send } from './pipelined.js';

/** `send` resolves with false where the connection has ended. */
export async function open({ url, token, userId }: Target): Promise<{ socket: WebSocket; send: Send }> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { headers, perMessageDeflate: false });
  await once(socket, 'open');
  const waiting = new Map<number, (isResult: boolean) => void>();
  let requests = 0;
  socket.on('message', (data) => {
    const answer = JSON.parse(data.toString()) as { id: number; result?: unknown };
    waiting.get(answer.id)?.(answer.result !== undefined);
    waiting.delete(answer.id);
  });
  socket.on('close', () => {
    for (const resolve of waiting.values()) resolve(false);
  });
  const send: Send = () =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve(false);
      const id = ++requests;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'users.getUser', params: { id: userId } }));
    });
  return { socket, send };
}

export const websocket: Load = async (target, settings) => {
  const opened = await Promise.all(Array.from({ length: settings.connections }, () => open(target)));
  const answered = await fire(
    opened.map(({ send }) => send),
    settings,
  );
  for (const { socket } of opened) socket.terminate();
  return answered;
};
