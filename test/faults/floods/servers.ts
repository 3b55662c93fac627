import { Child } from '../../../bench/child.js';
import type { Target } from '../../../bench/target.js';
import { createClient } from '../../../src/client/create-client.js';
import { Register } from '../../../src/modules/auth/contract/index.js';
import { testDatabase } from '../../support/database.js';
import { freePlace, Instance, type Place } from '../instance.js';
import type { Protocol, Server } from './clients.js';
import { pinServer } from './cores.js';

export interface RunningServer extends Server {
  stop(): Promise<void>;
}

/** The library of a protocol alone. */
export async function bareServer(protocol: Protocol): Promise<RunningServer> {
  const program = new URL('./bare.ts', import.meta.url);
  const { child, first } = await Child.start<never, never, Target>(program, [protocol]);
  pinServer(child.pid);
  return { pid: child.pid, targets: { [protocol]: first }, floodToken: first.token, stop: () => child.stop() };
}

async function register({ http }: Place, name: string) {
  const client = createClient({ protocol: 'rest', url: http });
  const registration = new Register({ email: `${name}@example.com`, password: 'correct horse battery', name });
  return client.execute(registration).finally(() => client.close());
}

/** Longer than all floods: no caller has to sign in again. */
const proofSeconds = '7200';

/** The monolith, with the limits that it has by default. */
export async function product(): Promise<RunningServer> {
  const database = await testDatabase();
  const instance = new Instance(await freePlace(), { DATABASE_URL: database.url, ACCESS_TOKEN_SECONDS: proofSeconds });
  await instance.start();
  const pid = instance.process.child.pid ?? 0;
  pinServer(pid);
  const { place } = instance;
  const [caller, flooder] = [await register(place, 'caller'), await register(place, 'flooder')];
  const target = (url: string): Target => ({ url, token: caller.token, userId: caller.user.id });
  const { http, grpc, mqtt } = place;
  return {
    pid,
    targets: {
      rest: target(http),
      graphql: target(http),
      websocket: target(http),
      grpc: target(grpc),
      mqtt: target(mqtt),
    },
    floodToken: flooder.token,
    stop: async () => {
      await instance.remove();
      await database.drop();
    },
  };
}
