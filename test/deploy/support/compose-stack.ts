import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { services as table } from '../../../src/apps/services.js';
import { ShippedMosquitto } from '../../protocols/mqtt/shipped-mosquitto.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { OwnPostgres } from '../../support/own-postgres.js';
import { type RunningProcess, startProcess } from '../../support/process.js';
import { OwnPgBouncer } from './own-pgbouncer.js';
import type { ResolvedModel, ResolvedService } from './resolved-compose.js';

const containerSecrets = '/run/secrets/';

/** Where a name and port of the Compose network are on this machine. */
type Places = Map<string, string>;

function translated(text: string, places: Places, secrets: string): string {
  let result = text.replaceAll('$$', '$').replaceAll(containerSecrets, `${secrets}/`);
  for (const [name, address] of places) result = result.replaceAll(name, address);
  return result;
}

async function waitFor(address: string): Promise<void> {
  const [host, port] = address.split(':');
  await eventually(() => once(connect(Number(port), host), 'connect'));
}

/**
 * The containers of a resolved Compose model as processes of this machine: with their environment, their commands and in
 * their order, and nothing else but addresses changed.
 */
export class ComposeStack {
  readonly #places: Places = new Map();
  readonly #running = new Map<string, RunningProcess>();
  readonly #urls = new Map<string, string>();
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly model: ResolvedModel,
    private readonly secrets: string,
  ) {}

  /** `secrets`: a folder with the files of the model's secrets; the addresses in them are changed. */
  static async start(model: ResolvedModel, secrets: string): Promise<ComposeStack> {
    const stack = new ComposeStack(model, secrets);
    try {
      await stack.#startServers();
      await stack.#placeProcesses();
      for (const name of await readdir(secrets)) await stack.#translateFile(join(secrets, name));
      for (const name of stack.#inOrder()) await stack.#startService(name);
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** Of its HTTP listener. */
  url(service: string): string {
    return this.#urls.get(service) ?? '';
  }

  get broker(): string {
    return `mqtt://${this.#places.get('mosquitto:1883')}`;
  }

  /** As the container of that service sees it. */
  environment(service: string): Record<string, string> {
    const { environment } = this.#service(service);
    return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, this.#translate(value)]));
  }

  /** Of PostgreSQL itself. */
  async databaseUrl(service: string): Promise<string> {
    const { DATABASE_DIRECT_URL: url = '', DATABASE_DIRECT_URL_FILE: file } = this.environment(service);
    return file ? readFile(file, 'utf8') : url;
  }

  /** What the processes end with after SIGTERM. */
  async terminate(): Promise<unknown[]> {
    return Promise.all([...this.#running.values()].map((running) => running.end('SIGTERM')));
  }

  async stop(): Promise<void> {
    await this.terminate();
    for (const close of this.#closing.reverse()) await close();
  }

  #service(name: string): ResolvedService {
    const service = this.model.services[name];
    if (!service) throw new Error(`the model has no service ${name}`);
    return service;
  }

  readonly #translate = (text: string): string => translated(text, this.#places, this.secrets);

  async #translateFile(path: string): Promise<void> {
    await writeFile(path, this.#translate(await readFile(path, 'utf8')));
  }

  async #startServers(): Promise<void> {
    const postgres = await OwnPostgres.start();
    this.#place('postgres:5432', postgres.address, () => postgres.remove());
    const settings = this.environment('pgbouncer');
    const users = settings.AUTH_FILE
      ? await readFile(settings.AUTH_FILE, 'utf8')
      : `"${settings.DB_USER}" "${settings.DB_PASSWORD}"`;
    const pgbouncer = await OwnPgBouncer.start(settings, users, postgres.address);
    this.#place('pgbouncer:5432', pgbouncer.address, () => pgbouncer.stop());
    await this.#startRedis();
    const password = this.environment('mosquitto').MQTT_PASSWORD ?? (await this.#secret('mqtt_password'));
    const mosquitto = await ShippedMosquitto.start(password);
    this.#place('mosquitto:1883', mosquitto.address, () => mosquitto.stop());
  }

  async #startRedis(): Promise<void> {
    const [program = '', ...args] = (this.#service('redis').command ?? []).map(this.#translate);
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'redis-'))];
    const own = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder];
    const redis = spawn(program, [...args, ...own], { stdio: 'ignore' });
    this.#place('redis:6379', `127.0.0.1:${port}`, async () => {
      await ended(redis);
      await rm(folder, { recursive: true, force: true });
    });
    await waitFor(`127.0.0.1:${port}`);
  }

  #place(name: string, address: string, close: () => Promise<unknown>): void {
    this.#places.set(name, address);
    this.#closing.push(close);
  }

  #secret(name: string): Promise<string> {
    return readFile(join(this.secrets, name), 'utf8');
  }

  async #placeProcesses(): Promise<void> {
    for (const name of Object.keys(this.model.services)) {
      const { grpcPort } = table[name] ?? {};
      if (grpcPort !== undefined) this.#places.set(`${name}:${grpcPort}`, `127.0.0.1:${await freePort()}`);
    }
  }

  /** Each service after those that it depends on. */
  #inOrder(): readonly string[] {
    const ordered = new Set<string>();
    const visit = (name: string) => {
      for (const other of Object.keys(this.#service(name).depends_on)) visit(other);
      ordered.add(name);
    };
    for (const name of Object.keys(this.model.services)) visit(name);
    return [...ordered];
  }

  async #startService(name: string): Promise<void> {
    if (name === 'databases') await this.#makeDatabases();
    const service = this.#service(name);
    if (service.environment.SERVICE_NAME === undefined) return;
    if (service.command?.[0] === 'migrate') await this.#migrate(name);
    else await this.#startProcess(name);
  }

  /** The first start of PostgreSQL runs the same file. */
  async #makeDatabases(): Promise<void> {
    const { PGHOST: _, ...environment } = this.environment('databases');
    const [PGHOST = '', PGPORT = ''] = this.#translate('postgres:5432').split(':');
    const [program = '', ...args] = (this.#service('databases').command ?? []).map((argument) =>
      this.#translate(argument).replaceAll('/databases.sql', resolve('deploy/postgres/databases.sql')),
    );
    for (const _time of ['first start', 'before migrations']) {
      const env = { ...environment, PATH: process.env.PATH, PGHOST, PGPORT };
      const psql = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
      const [code] = await once(psql, 'exit');
      if (code !== 0) throw new Error(`psql ended with ${code}`);
    }
  }

  async #migrate(name: string): Promise<void> {
    const migration = startProcess(this.environment(name), 'dist/bundle/migrate.js');
    const code = await migration.exited();
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${migration.output.join('\n')}`);
  }

  async #startProcess(name: string): Promise<void> {
    const address = this.#places.get(`${name}:${table[name]?.grpcPort}`) ?? '';
    const [, grpcPort = ''] = address.split(':');
    const running = startProcess({ HOST: '127.0.0.1', GRPC_PORT: grpcPort, ...this.environment(name) });
    this.#running.set(name, running);
    const [, url = ''] = await running.line(/Health +(http[^/]*\/\/[^/"]+)/);
    this.#urls.set(name, url);
    await eventually(async () => {
      const { status } = await fetch(`${url}/health/ready`);
      if (status !== 200) throw new Error(`${name} is not ready: ${status}`);
    });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
