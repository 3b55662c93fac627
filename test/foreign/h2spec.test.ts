import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { connectionOptions } from '../../src/protocols/grpc/grpc-server.js';
import { byteMethod } from '../../src/protocols/grpc/protobuf-messages.js';
import { FilterSpecimens } from '../fixtures/specimens/specimens.operations.js';
import { SpecimenGrpc } from '../protocols/grpc/specimen-grpc.js';

const { H2SPEC } = process.env;
const { path } = descriptorOf(FilterSpecimens).wire.grpc;

interface Outcome {
  readonly cases: number;
  /** By section and title. */
  readonly failed: readonly string[];
}

const sectionOf = (name: string) => name.slice(0, name.indexOf(':'));
const shown = ({ failed, cases }: Outcome) => `${failed.length} of ${cases} fail`;

/** Seconds that a case waits for an answer. */
const timeout = '5';

async function h2spec(port: number, sections: readonly string[] = []): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'h2spec-'));
  const report = join(directory, 'report.xml');
  const run = promisify(execFile);
  // it ends with 1 when a case fails
  await run(H2SPEC ?? '', [...sections, '-p', String(port), '-P', path, '-o', timeout, '-j', report]).catch(
    () => undefined,
  );
  const xml = readFileSync(report, 'utf8');
  rmSync(directory, { recursive: true });
  const cases = [...xml.matchAll(/<testcase package="([^"]*)" classname="([^"]*)"[^>]*>(.*?)<\/testcase>/gs)];
  const failed = cases.filter(([, , , content = '']) => /<(failure|error)/.test(content));
  return { cases: cases.length, failed: failed.map(([, section, title]) => `${section}: ${title}`) };
}

/** One method on grpc-js, within the limits of ours and with nothing else of it. */
async function bareServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server(connectionOptions);
  server.addService(
    { [path]: byteMethod(path) },
    { [path]: (_call: unknown, respond: (error: null) => void) => respond(null) },
  );
  const bind = promisify<string, ServerCredentials, number>(server.bindAsync.bind(server));
  return { server, port: await bind('127.0.0.1:0', ServerCredentials.createInsecure()) };
}

describe.skipIf(H2SPEC === undefined)('h2spec, with H2SPEC', () => {
  test('finds nothing in our gRPC server that is not in grpc-js', { timeout: 600_000 }, async () => {
    const [bare, ours] = await Promise.all([bareServer(), SpecimenGrpc.start()]);
    const [inBare, inOurs] = await Promise.all([h2spec(bare.port), h2spec(ours.server.port ?? 0)]);
    let more = inOurs.failed.filter((name) => !inBare.failed.includes(name));
    // some cases pass only where the last frame is read before the connection is closed
    for (let again = 0; again < 3 && more.length > 0; again++) {
      const { failed } = await h2spec(ours.server.port ?? 0, [...new Set(more.map(sectionOf))]);
      more = more.filter((name) => failed.includes(name));
    }
    bare.server.forceShutdown();
    await ours.stop();
    process.stdout.write(`h2spec: ${shown(inOurs)} in ours, ${shown(inBare)} in grpc-js\n`);
    expect(inOurs.cases).toBeGreaterThan(140);
    expect(more).toEqual([]);
  });
});
