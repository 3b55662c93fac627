import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PermissionDenied, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import type { Failure } from '../../../src/contract/failure.js';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { listenerCredentials } from '../../../src/platform/security/grpc-credentials.js';
import { type ListenerTls, loadServiceTls, loadTls, type ServiceTls } from '../../../src/platform/security/load-tls.js';
import { RenewedFiles } from '../../../src/platform/security/renewed-files.js';
import { Bus } from '../../../src/ports/bus.js';
import { secured } from '../../../src/remote/grpc/channel-security.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import { EchoSpecimen, InspectSpecimen, ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { Authority, type Issued, PemFolder } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { Lines } from '../discovery/lines.js';
import { RemoteSpecimens } from './remote-specimens.js';

const folder = new PemFolder();
const stops: (() => Promise<void> | void)[] = [];
let ours: Authority;
let foreign: Authority;

beforeAll(async () => {
  [ours, foreign] = await Promise.all([Authority.create('ours'), Authority.create('foreign')]);
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => folder.remove());

interface Both {
  readonly server?: Issued;
  /** Of the certificates that clients must show; nothing is asked where it is empty. */
  readonly clientCa?: string;
  readonly client?: Issued | undefined;
  readonly serverCa?: string;
  /** Where the edge looks for the specimens, `port` being that of their owner. */
  readonly target?: (port: string) => string;
}

const intervalMs = 5;

/** An edge and an owner that show and trust what is given; each may present what the other refuses. */
async function start({ server, clientCa = ours.pem, client, serverCa = ours.pem, target }: Both) {
  const serverFiles = folder.identity('server', server ?? (await ours.issue()));
  const clientCaFile = clientCa === '' ? {} : { clientCaFile: folder.write('client-ca.pem', clientCa) };
  const caFile = folder.write('server-ca.pem', serverCa);
  const clientFiles = client ? folder.identity('client', client) : {};
  const lines = { server: new Lines(), client: new Lines() };
  const listener = new RenewedFiles(
    () => loadTls({ tls: { ...serverFiles, ...clientCaFile } }) as ListenerTls,
    intervalMs,
    lines.server,
  );
  const caller = new RenewedFiles(
    () => loadServiceTls({ serviceTls: { ...clientFiles, caFile } }) as ServiceTls,
    intervalMs,
    lines.client,
  );
  stops.push(() => listener.close());
  const remote = await RemoteSpecimens.start({
    credentials: listenerCredentials(listener),
    security: (addresses) => secured(caller, addresses),
    ...(target && { target }),
  });
  stops.push(() => remote.stop());
  return { remote, lines };
}

/** Of a call with time to spare: what is not refused at once is DEADLINE_EXCEEDED. */
const failureOf = (remote: RemoteSpecimens): Promise<Failure> =>
  remote.execute(ListSpecimens, {}).then(
    () => expect.unreachable('it succeeded'),
    (failure: Failure) => failure,
  );

describe('services that show each other certificates', () => {
  test('call each other', async () => {
    const { remote } = await start({ client: await ours.issue() });
    expect(await remote.execute(EchoSpecimen, aSpecimen)).toEqual(aSpecimen);
  });

  test('act as themselves by the token of a service: a certificate alone is no service', async () => {
    const client = await ours.issue();
    const { remote } = await start({ client });
    const inspect = new InspectSpecimen({ id: crypto.randomUUID() });
    expect(await remote.edge.get(Bus).asService.execute(inspect)).toMatchObject({ id: inspect.input.id });
    await expect(remote.edge.get(Bus).execute(inspect)).rejects.toBeInstanceOf(PermissionDenied);
    const [ca, key, cert] = [ours.pem, client.key, client.cert].map((pem) => Buffer.from(pem));
    const port = remote.ownerAddress.split(':')[1];
    const direct = new Client(`localhost:${port}`, credentials.createSsl(ca, key, cert));
    const same = (bytes: Buffer) => bytes;
    const { path } = descriptorOf(InspectSpecimen).wire.grpc;
    const error = await new Promise<ServiceError | null>((resolve) => {
      direct.makeUnaryRequest(path, same, same, Buffer.alloc(0), resolve);
    });
    direct.close();
    expect(error?.code).toBe(status.PERMISSION_DENIED);
  });

  test('may have certificates of two authorities', async () => {
    const { remote } = await start({ clientCa: foreign.pem, client: await foreign.issue() });
    expect(await remote.execute(EchoSpecimen, aSpecimen)).toEqual(aSpecimen);
  });
});

describe('a caller learns at once that the service is unavailable', () => {
  test.each<[string, () => Promise<Issued | undefined>]>([
    ['no certificate', async () => undefined],
    ['a certificate of another authority', () => foreign.issue()],
    ['an expired certificate', () => ours.issue({ validFor: -1 })],
  ])('when it shows %s, and nothing runs', async (_, issue) => {
    const { remote } = await start({ client: await issue() });
    expect(await failureOf(remote)).toBeInstanceOf(ServiceUnavailable);
    expect(remote.owner.pipeline.running).toBe(0);
  });

  test.each<[string, () => Promise<Issued>]>([
    ['a certificate of another authority', () => foreign.issue()],
    ['an expired certificate', () => ours.issue({ validFor: -1 })],
    ['a certificate for another name', () => ours.issue({ names: ['orders', '127.0.0.2'] })],
  ])('when the service shows %s', async (_, issue) => {
    const { remote } = await start({ server: await issue(), client: await ours.issue() });
    expect(await failureOf(remote)).toBeInstanceOf(ServiceUnavailable);
  });
});

describe('the name in the certificate of a service', () => {
  test.each<[string, string, (port: string) => string]>([
    ['the address it is called by', '127.0.0.1', (port) => `127.0.0.1:${port}`],
    ['the name it is called by', 'localhost', (port) => `localhost:${port}`],
    ['its own name', 'specimens', (port) => `127.0.0.1:${port}`],
    ['the name that its address was looked up by', 'localhost', (port) => `dns:///localhost:${port}`],
  ])('may be %s', async (_, name, target) => {
    const { remote } = await start({ server: await ours.issue({ names: [name] }), client: await ours.issue(), target });
    const echo = () => remote.execute(EchoSpecimen, aSpecimen);
    expect(await eventually(echo)).toEqual(aSpecimen);
  });
});

describe('a service that requires no client certificates', () => {
  test('takes callers with and without one', async () => {
    for (const client of [await ours.issue(), undefined]) {
      const { remote } = await start({ clientCa: '', client });
      expect(await remote.execute(EchoSpecimen, aSpecimen)).toEqual(aSpecimen);
    }
  });
});

describe('certificates that are renewed', () => {
  test('are shown on new connections, also by another authority, and calls go on meanwhile', async () => {
    const { remote, lines } = await start({ client: await ours.issue() });
    const echo = () => remote.execute(EchoSpecimen, aSpecimen);
    expect(await echo()).toEqual(aSpecimen);
    const next = await Authority.create('next');
    const taken = Promise.all([lines.server.next(/renewed/), lines.client.next(/renewed/)]);
    folder.write('client-ca.pem', `${ours.pem}${next.pem}`);
    folder.write('server-ca.pem', `${ours.pem}${next.pem}`);
    await taken;
    const shown = Promise.all([lines.server.next(/renewed/), lines.client.next(/renewed/)]);
    folder.identity('server', await next.issue());
    folder.identity('client', await next.issue());
    await shown;
    expect(await echo()).toEqual(aSpecimen);
    const trusted = Promise.all([lines.server.next(/renewed/), lines.client.next(/renewed/)]);
    folder.write('client-ca.pem', next.pem);
    folder.write('server-ca.pem', next.pem);
    await trusted;
    expect(await echo()).toEqual(aSpecimen);
    remote.reconnect();
    expect(await echo()).toEqual(aSpecimen);
  });
});
