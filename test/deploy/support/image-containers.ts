import { inject } from 'vitest';
import { createClient } from '../../../src/client/create-client.js';
import { Register } from '../../../src/modules/auth/contract/index.js';
import { administer, databaseUrl } from '../../support/administer.js';
import { dropDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { givenServers } from '../../support/given-servers.js';
import { type Container, type Environment, Image, type RunOptions } from './image.js';

/** What the suites of the image need: the image itself, and the servers that production requires. */
export const canRunImage = ['IMAGE_ROOT', 'DATABASE_URL', 'REDIS_URL', 'MQTT_URL'].every((name) => process.env[name]);

export interface Variables extends Environment {
  readonly PORT: string;
  readonly GRPC_PORT: string;
}

/** Containers of the image with databases of their own, to be closed at the end. */
export class Containers {
  readonly image = new Image(process.env.IMAGE_ROOT ?? '');
  readonly #shared = { JWT_SECRET: crypto.randomUUID() + crypto.randomUUID(), ...givenServers() };
  readonly #server = inject('databaseServer').url;
  readonly #databases: string[] = [];
  readonly #started: Container[] = [];

  /** Its URL. */
  async emptyDatabase(): Promise<string> {
    const name = `image_${crypto.randomUUID().replaceAll('-', '')}`;
    await administer(this.#server, `create database ${name}`);
    this.#databases.push(name);
    return databaseUrl(this.#server, name);
  }

  async migratedDatabase(user?: string): Promise<string> {
    const database = await this.emptyDatabase();
    const variables = await this.variables({ DATABASE_URL: database });
    await this.succeed(variables, { command: ['migrate'], ...(user && { user }) });
    return database;
  }

  /** Those of one process, on ports of its own. */
  async variables(more: Environment = {}): Promise<Variables> {
    const ports = { PORT: `${await freePort()}`, GRPC_PORT: `${await freePort()}` };
    return { ...this.#shared, ...ports, HOST: '127.0.0.1', SHUTDOWN_DELAY_MS: '0', ...more };
  }

  run(variables: Environment, options?: RunOptions): Container {
    const container = this.image.run(variables, options);
    this.#started.push(container);
    return container;
  }

  /** Gives what it printed. */
  async succeed(variables: Environment, options: RunOptions): Promise<string> {
    const { started } = this.run(variables, options);
    const code = await started.exited();
    const output = started.output.join('\n');
    if (code !== 0) throw new Error(`${options.command} ended with ${code}: ${output}`);
    return output;
  }

  async ready(variables: Environment, options?: RunOptions): Promise<Container> {
    const container = this.run(variables, options);
    const [, name, ms] = await container.started.line(/"([a-z-]+) is ready in (\d+) ms/);
    process.stdout.write(`image: ${name} is ready in ${ms} ms with ${container.status('VmRSS')} resident\n`);
    return container;
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((container) => container.end('SIGKILL')));
    for (const name of this.#databases) await dropDatabase(this.#server, name);
  }
}

export const httpUrl = ({ PORT }: Variables): string => `http://127.0.0.1:${PORT}`;

/** The token of a new user, over REST. */
export async function register(variables: Variables): Promise<string> {
  const client = createClient({ protocol: 'rest', url: httpUrl(variables) });
  const email = `${crypto.randomUUID()}@example.com`;
  const { token } = await client.execute(new Register({ email, password: 'correct horse battery', name: 'Ada' }));
  await client.close();
  return token;
}
