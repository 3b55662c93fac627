import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `work` while no other process of this machine runs work of the same name.
 * The lock is a listening local socket, so the kernel frees it when its holder dies, however it dies, and wakes those that wait.
 */
export async function exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = socketPath(name);
  const release = await acquire(path);
  try {
    return await work();
  } finally {
    await release();
  }
}

function socketPath(name: string): string {
  const id = `nestjs-mstv-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${id}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : join(tmpdir(), `${id}.lock`);
}

async function acquire(path: string): Promise<() => Promise<void>> {
  for (;;) {
    const release = await listen(path);
    if (release) return release;
    await untilReleased(path);
  }
}

function listen(path: string): Promise<(() => Promise<void>) | undefined> {
  const waiting = new Set<Socket>();
  const server: Server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => waiting.delete(socket));
  });
  const release = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of waiting) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path, exclusive: true }, () => resolve(release));
  });
}

function untilReleased(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Only a socket that is a file outlives its holder.
      if (error.code === 'ECONNREFUSED' && !path.startsWith('\0')) void unlink(path).catch(() => undefined);
    });
    socket.on('close', () => resolve());
    socket.resume();
  });
}
