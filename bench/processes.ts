import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '../src/apps/services.js';
import { startProcess } from '../test/support/process.js';
import type { LoadedFiles } from './loaded-files.js';
import { memoryOf } from './machine.js';
import { shown, table } from './report.js';
import { spread } from './statistics.js';

interface Started {
  /** Milliseconds until the process says that it is ready. */
  readonly ready: number;
  /** MiB, idle. */
  readonly rss: number;
  readonly pss: number;
}

const idleMs = 5_000;
const hooks = new URL('./loaded-files.ts', import.meta.url).href;

async function started(environment: Readonly<Record<string, string>>) {
  const begun = performance.now();
  const running = startProcess({ NODE_ENV: 'development', ...environment });
  await running.line(/is ready in/);
  return { running, ready: performance.now() - begun };
}

async function measure(environment: Readonly<Record<string, string>>): Promise<Started> {
  const { running, ready } = await started(environment);
  await delay(idleMs);
  const memory = memoryOf(running.child.pid ?? 0);
  await running.end('SIGTERM');
  return { ready, ...memory };
}

/** Of a start of its own: counting takes time. */
async function loadedFiles(environment: Readonly<Record<string, string>>, dataDir: string): Promise<readonly string[]> {
  const written = join(dataDir, 'loaded-files.json');
  const { running } = await started({ ...environment, NODE_OPTIONS: `--import=${hooks}`, LOADED_FILES: written });
  await running.end('SIGTERM');
  return (JSON.parse(await readFile(written, 'utf8')) as LoadedFiles).files;
}

/** The distinct texts that `pattern` captures, in order. */
const captured = (files: readonly string[], pattern: RegExp): string[] =>
  [...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? []))].sort();

const packageName = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
/** Of a module more than its contract, which everybody may know. */
const moduleCode = /\/dist\/modules\/([^/]+)\/(?!contract\/)/;
const protocolCode = /\/dist\/protocols\/([^/]+)\//;
/** Packages that a process without the database, the broker, or GraphQL has no use for. */
const heavy = ['@prisma/client', 'pg', '@nestjs/graphql', 'mercurius', 'graphql', 'aedes', 'mqtt', 'ws', 'ioredis'];

async function row(service: string, starts: number): Promise<Record<string, string>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
  const environment = { SERVICE_NAME: service, DATA_DIR: dataDir };
  try {
    const first = await measure(environment);
    const later: Started[] = [];
    while (later.length < starts) later.push(await measure(environment));
    const files = await loadedFiles(environment, dataDir);
    const ours = files.filter((file) => file.includes('/dist/') && !file.includes('/node_modules/'));
    const packages = captured(files, packageName);
    return {
      process: service,
      'first start ms': first.ready.toFixed(0),
      'later start ms': shown(spread(later.map(({ ready }) => ready)), 0),
      'RSS MiB': shown(spread(later.map(({ rss }) => rss)), 0),
      'PSS MiB': shown(spread(later.map(({ pss }) => pss)), 0),
      'files loaded': String(files.length),
      'of ours': String(ours.length),
      packages: String(packages.length),
      'code of modules': captured(ours, moduleCode).join(', ') || 'none',
      'code of protocols': captured(ours, protocolCode).join(', '),
      'of the heavy packages': heavy.filter((name) => packages.includes(name)).join(', ') || 'none',
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Each process alone on embedded defaults: start, memory when idle, and what it has loaded. A Markdown table. */
export async function processes(starts: number): Promise<string> {
  const rows = [];
  for (const service of Object.keys(services)) rows.push(await row(service, starts));
  return table(rows);
}
