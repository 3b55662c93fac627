import { afterEach, describe, expect, test } from 'vitest';
import type { Instance, ServiceDirectory } from '../../../src/remote/discovery/service-directory.js';

export interface DirectoryUnderTest {
  readonly directory: ServiceDirectory;
  /** Has no instance yet. */
  readonly service: string;
  join(address: string): Promise<void>;
  leave(address: string): Promise<void>;
  /** Resolves when the directory has noticed that its source is gone. */
  cutOff(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export const addresses = (instances: readonly Instance[]): string[] => instances.map(({ address }) => address);

/** Resolves when exactly these are known. */
export function known(directory: ServiceDirectory, service: string, ...expected: readonly string[]): Promise<void> {
  const found = Promise.withResolvers<void>();
  const stop = directory.watch(service, (instances) => {
    if (addresses(instances).join() === expected.join()) found.resolve();
  });
  return found.promise.finally(stop);
}

/** What is known now. */
export function instancesOf(directory: ServiceDirectory, service: string): readonly Instance[] {
  let reported: readonly Instance[] = [];
  directory.watch(service, (instances) => {
    reported = instances;
  })();
  return reported;
}

const one = '10.0.0.1:50051';
const two = '10.0.0.2:50051';
const three = '10.0.0.3:50051';

/** How every directory behaves whose instances come and go. */
export function serviceDirectoryBehaviour(name: string, open: () => Promise<DirectoryUnderTest>) {
  describe(name, () => {
    let opened: DirectoryUnderTest | undefined;
    const start = async () => {
      opened = await open();
      return opened;
    };
    afterEach(() => opened?.close());

    test('reports an unknown service as empty, at once', async () => {
      const { directory } = await start();
      const heard: (readonly Instance[])[] = [];
      directory.watch('nobody', (instances) => heard.push(instances));
      expect(heard).toEqual([[]]);
    });

    test('reports the known instances', async () => {
      const { directory, service, join } = await start();
      await join(two);
      await join(one);
      await known(directory, service, one, two);
    });

    test('reports the known instances and every change to watchers, once', async () => {
      const { directory, service, join, leave } = await start();
      await join(one);
      await known(directory, service, one);
      const heard: string[] = [];
      directory.watch(service, (instances) => heard.push(addresses(instances).join()));
      await join(two);
      await known(directory, service, one, two);
      await leave(one);
      await known(directory, service, two);
      expect(heard).toEqual([one, `${one},${two}`, two]);
    });

    test('reports nothing to watchers that have stopped', async () => {
      const { directory, service, join } = await start();
      const heard: (readonly Instance[])[] = [];
      const stop = directory.watch(service, (instances) => heard.push(instances));
      stop();
      await join(one);
      await known(directory, service, one);
      expect(heard).toEqual([[]]);
    });

    test('keeps the last instances while its source is unavailable, and gets changes afterwards', async () => {
      const { directory, service, join, leave, cutOff, restore } = await start();
      await join(one);
      await join(two);
      await known(directory, service, one, two);
      await cutOff();
      expect(addresses(instancesOf(directory, service))).toEqual([one, two]);
      await join(three);
      await leave(one);
      await restore();
      await known(directory, service, two, three);
    });
  });
}
