import { existsSync, readdirSync, watch } from 'node:fs';

/** Resolves when `folder` is there and has an entry that matches. */
export async function entryOf(folder: string, pattern: RegExp): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (readdirSync(folder).some((name) => pattern.test(name))) resolve();
  };
  if (!existsSync(folder)) throw new Error(`${folder} is not there to be watched`);
  const changes = watch(folder, look);
  look();
  await promise.finally(() => changes.close());
}
