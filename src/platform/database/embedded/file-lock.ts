import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, unusableData } from './embedded-postgres-error.js';

/** Platforms that lock in open(): O_EXLOCK on macOS, UV_FS_O_EXLOCK (exclusive in libuv) on Windows. */
const LOCKING_FLAGS: Partial<Record<NodeJS.Platform, number>> = {
  darwin: 0x20 | constants.O_NONBLOCK,
  win32: 0x1000_0000,
};
const LOCKED = new Set(['EAGAIN', 'EBUSY']);
const PAUSE_MS = 20;

export interface LockFile {
  readonly path: string;
  /** Owner; undefined or 0 for the account of this process. */
  readonly uid?: number | undefined;
}

/** Undefined when locked. Child processes inherit the lock; it works across containers, not across kernels. */
export async function tryLock({ path, uid }: LockFile): Promise<FileHandle | undefined> {
  await using opened = new AsyncDisposableStack();
  const file = opened.use(await openToLock(path));
  if (!file) return undefined;
  if (uid) await file.chown(uid, uid);
  if (!(await lock(file, path)) || !(await isAt(path, file))) return undefined;
  opened.move();
  return file;
}

export async function exclusive<T>(lockFile: LockFile, work: () => Promise<T>): Promise<T> {
  for (;;) {
    await using file = await tryLock(lockFile);
    if (file) return await work();
    await delay(PAUSE_MS);
  }
}

async function openToLock(path: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDWR | constants.O_CREAT | (LOCKING_FLAGS[process.platform] ?? 0);
  try {
    return await open(path, flags, 0o600);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (process.platform in LOCKING_FLAGS && LOCKED.has(code ?? '')) return undefined;
    throw unusableData(message, cause);
  }
}

/** Node has no flock. flock(1) locks the inherited descriptor, which stays locked after it exits. */
async function lock({ fd }: FileHandle, path: string): Promise<boolean> {
  if (process.platform in LOCKING_FLAGS) return true;
  const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] });
  const output = child.stderr ? text(child.stderr) : '';
  const [code] = await once(child, 'close').catch((cause: Error) => {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs flock, a program of util-linux (${cause.message}): install it, or set DATABASE_URL`,
      { cause },
    );
  });
  if (code === 0 || code === 1) return code === 0;
  throw new EmbeddedPostgresError(
    `${path} cannot be locked (${(await output).trim()}): choose a DATA_DIR on a local disk`,
  );
}

/** The previous owner may have removed the file. */
async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const [locked, found] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return locked.ino === found?.ino;
}
