import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { channelCredentials } from '../../../src/platform/security/grpc-credentials.js';
import type { ServiceTls } from '../../../src/platform/security/load-tls.js';
import { RenewedFiles } from '../../../src/platform/security/renewed-files.js';
import { Authority } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a closed channel to an instance that is gone leaves its credentials to the garbage collector', async () => {
  const ca = Buffer.from((await Authority.create()).pem);
  const files = new RenewedFiles<ServiceTls>(() => ({ ca }));
  const create = channelCredentials(files);
  const address = `127.0.0.1:${await freePort()}`;

  async function connectInVain(): Promise<WeakRef<object>> {
    const credentials = create({});
    const client = new Client(address, credentials, { 'grpc.use_local_subchannel_pool': 1 });
    await new Promise((resolve) => client.waitForReady(Date.now() + 100, resolve));
    client.close();
    return new WeakRef(credentials);
  }

  const gone = await connectInVain();
  await eventually(() => {
    collectGarbage();
    // an assertion about the object itself would hold it
    expect(gone.deref() === undefined).toBe(true);
  });
  files.close();
});
