import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { createClient } from '../support/create-client.js';
import type { Target } from '../support/target.js';

export interface SchemathesisOptions {
  readonly python: string;
  /** Of each operation, at most. */
  readonly examples: number;
  readonly seed: number;
  /** The document to test by, in place of the one that the target serves. */
  readonly document?: string;
  /** In place of all operations. */
  readonly operationId?: string;
}

export interface Finding {
  /** `ST101`. */
  readonly code: string;
  readonly title: string;
  readonly operation: string;
  /** All that schemathesis says. */
  readonly message: string;
  readonly status: number | undefined;
  /** `INTERNAL`: the code of the problem that was answered. */
  readonly problem: string | undefined;
  /** What the caller asked for by `x-request-timeout-ms`. */
  readonly timeout: string | undefined;
}

export interface Verdict {
  readonly cases: number;
  /** By name: `success`, `failure`, `skip` or `error`. */
  readonly phases: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  /** What kept it from testing. */
  readonly errors: readonly unknown[];
}

interface Report {
  readonly complete: boolean;
  readonly phases: Readonly<Record<string, { readonly status: string }>>;
  readonly test_cases: { readonly generated: number };
  readonly errors: readonly unknown[];
}

interface Check {
  readonly status: string;
  readonly failure_info?: {
    readonly failure: Pick<Finding, 'code' | 'title' | 'operation' | 'message'>;
  };
}

interface Interaction {
  readonly request: { readonly headers: Readonly<Record<string, readonly string[]>> };
  readonly response?: { readonly status_code: number; readonly content?: { readonly $base64: string } };
}

interface Scenario {
  readonly recorder: {
    /** Absent where nothing was sent, as the interactions are. */
    readonly checks?: Readonly<Record<string, readonly Check[]>>;
    readonly interactions?: Readonly<Record<string, Interaction>>;
  };
}

/** All checks in all phases, as an administrator who exists. */
export async function runSchemathesis(target: Target, options: SchemathesisOptions): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  try {
    const output = await execute(target, options, folder);
    const report = JSON.parse(read(folder, 'report.json', output)) as Report;
    if (!report.complete) throw new Error(output);
    return {
      cases: report.test_cases.generated,
      phases: Object.fromEntries(Object.entries(report.phases).map(([name, { status }]) => [name, status])),
      findings: findingsIn(read(folder, 'events.ndjson', output)),
      errors: report.errors,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(folder: string, name: string, output: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    throw new Error(`schemathesis wrote no ${name}:\n${output}`);
  }
}

async function execute(target: Target, options: SchemathesisOptions, folder: string): Promise<string> {
  const { python, examples, seed, document, operationId } = options;
  const { http } = target.addresses;
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run'],
    ...(document === undefined ? [`${http}/openapi.json`] : [document, '--url', http]),
    ...(operationId === undefined ? [] : ['--include-operation-id', operationId]),
    ...['--checks', 'all', '--max-examples', String(examples), '--seed', String(seed), '--no-color'],
    ...['--generation-database', 'none', '--report', 'json,ndjson'],
    ...['--report-json-path', join(folder, 'report.json'), '--report-ndjson-path', join(folder, 'events.ndjson')],
  ];
  const env = { ...process.env, ...(await variables(target)) };
  return new Promise((resolve) => {
    execFile(python, args, { cwd: folder, env, maxBuffer: 2 ** 27 }, (_failed, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

async function variables({ addresses, administrator }: Target): Promise<Record<string, string>> {
  const client = createClient({ protocol: 'rest', url: addresses.http });
  const { token } = await client.execute(new Login(administrator));
  const signedIn = createClient({ protocol: 'rest', url: addresses.http, token });
  const { id } = await signedIn.execute(new GetMe());
  await Promise.all([client.close(), signedIn.close()]);
  return {
    ADMINISTRATOR_ID: id,
    ADMINISTRATOR_EMAIL: administrator.email,
    ADMINISTRATOR_PASSWORD: administrator.password,
    SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

function findingsIn(events: string): Finding[] {
  const scenarios = events
    .split('\n')
    .filter((line) => line.startsWith('{"ScenarioFinished"'))
    .map((line) => (JSON.parse(line) as { ScenarioFinished: Scenario }).ScenarioFinished);
  return scenarios.flatMap(findingsOf);
}

const findingsOf = ({ recorder: { checks = {}, interactions = {} } }: Scenario): Finding[] =>
  Object.entries(checks).flatMap(([id, all]) =>
    all.flatMap(({ failure_info }) => {
      if (failure_info === undefined) return [];
      const { code, title, operation, message } = failure_info.failure;
      return [{ code, title, operation, message, ...answered(interactions[id]) }];
    }),
  );

function answered(interaction: Interaction | undefined): Pick<Finding, 'status' | 'problem' | 'timeout'> {
  const { request, response } = interaction ?? {};
  const text = Buffer.from(response?.content?.$base64 ?? '', 'base64').toString();
  const isProblem = text.startsWith('{"type":"urn:problem:');
  return {
    status: response?.status_code,
    problem: isProblem ? (JSON.parse(text) as { code: string }).code : undefined,
    timeout: request?.headers['x-request-timeout-ms']?.[0],
  };
}
