import { connect, type Socket } from 'node:net';
import { sendToParent } from '../../../bench/send-to-parent.js';
import { type FloodTarget, floods } from './floods.js';

interface NamedFlood extends FloodTarget {
  readonly flood: string;
}

/** Null to stop. */
export interface FloodOrder {
  readonly begin: NamedFlood | null;
}

export interface Flooded {
  /** One after another: a new one for each that was closed. */
  connections: number;
  bytes: number;
}

/** Not that of the others, who would share its limits. */
const localAddress = '127.0.0.3';

let flooded: Flooded = { connections: 0, bytes: 0 };
let socket: Socket | undefined;
let current: NamedFlood | null = null;

/** One connection, and the next one when the server has closed it. `begun`: it has answered, or is not there. */
function open(order: NamedFlood, begun: () => void): void {
  if (order !== current) return;
  const flood = floods[order.flood]?.(order);
  if (!flood) throw new Error(`no flood ${order.flood}`);
  const [host = '', port] = order.address.split(':');
  const opened = connect({ host, port: Number(port), localAddress });
  let isFull = false;
  const send = (bytes: Buffer): void => {
    isFull = !opened.write(bytes);
    flooded.bytes += bytes.length;
  };
  const pump = (): void => {
    isFull = false;
    for (let bytes = flood.next(); bytes && opened.writable; bytes = flood.next()) {
      send(bytes);
      if (isFull) return;
    }
  };
  socket = opened;
  flooded.connections++;
  opened.on('connect', () => send(flood.greeting));
  opened.once('data', () => {
    begun();
    opened.on('drain', pump);
    pump();
  });
  opened.on('data', (bytes: Buffer) => {
    flood.receive?.(bytes);
    if (!isFull) pump();
  });
  opened.on('error', () => undefined);
  opened.on('close', () => {
    begun();
    setImmediate(open, order, begun);
  });
}

/** Begins with one message and ends with the next; each is answered when that is done. */
process.on('message', async ({ begin }: FloodOrder) => {
  current = begin;
  if (begin) {
    flooded = { connections: 0, bytes: 0 };
    await new Promise<void>((resolve) => open(begin, resolve));
    process.send?.({});
    return;
  }
  socket?.destroy();
  process.send?.(flooded);
});
sendToParent({});
