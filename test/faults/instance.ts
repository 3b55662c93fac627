import { once } from 'node:events';
import { createServer } from 'node:net';
import { type RunningProcess, startProcess } from '../support/process.js';

export type Environment = Readonly<Record<string, string>>;

/** Where one process listens. */
export interface Place {
  readonly http: string;
  readonly grpc: string;
  readonly mqtt: string;
  readonly environment: Environment;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const listening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!listening) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Below the range of ephemeral ports, so that it stays free during a restart. */
async function quietPort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
}

export async function freePlace(): Promise<Place> {
  const [http, grpc, mqtt] = [await quietPort(), await quietPort(), await quietPort()];
  return {
    http: `http://127.0.0.1:${http}`,
    grpc: `127.0.0.1:${grpc}`,
    mqtt: `mqtt://127.0.0.1:${mqtt}`,
    environment: { PORT: `${http}`, GRPC_PORT: `${grpc}`, MQTT_PORT: `${mqtt}` },
  };
}

/** A process at one place, and those that are started in its stead. */
export class Instance {
  #running: RunningProcess | undefined;

  constructor(
    readonly place: Place,
    private readonly environment: Environment,
  ) {}

  get process(): RunningProcess {
    if (!this.#running) throw new Error('it was not started');
    return this.#running;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    this.#running = startProcess({ ...this.environment, ...this.place.environment });
    await this.#running.line(/Health +http/);
  }

  /** Sends the signal; gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    return this.process.end(signal);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.child.kill(signal);
  }

  /** Resolves with the status of its health check: 0 where it does not answer. */
  async readiness(): Promise<number> {
    return fetch(`${this.place.http}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** Whether it has answered a call over gRPC. */
  async servesGrpc(): Promise<boolean> {
    const metrics = await (await fetch(`${this.place.http}/metrics`)).text();
    return /^operation_calls_total\{[^}]*protocol="grpc"[^}]*\} [1-9]/m.test(metrics);
  }

  /** However it stands. */
  async remove(): Promise<void> {
    if (!this.#running) return;
    this.signal('SIGCONT');
    await this.end('SIGKILL');
  }
}
