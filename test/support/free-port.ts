import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below those that systems hand out by themselves, to a connection or to a server on port 0. */
const [first, last] = [10_000, 32_000];

const given = new Set<number>();

/** A server on this port; undefined where there is one. */
async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listenOn));
  const closed = servers.map((server) => server && once(server.close(), 'close'));
  await Promise.all(closed);
  return !servers.includes(undefined);
}

/** The first of `count` neighbours that nothing listens on, for a program that needs them before it starts. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    const ports = Array.from({ length: count }, (_, index) => port + index);
    if (ports.some((one) => given.has(one))) continue;
    for (const one of ports) given.add(one);
    if (await areFree(ports)) return port;
  }
}

export const freePort = (): Promise<number> => freePorts(1);
