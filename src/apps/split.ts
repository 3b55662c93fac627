import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Configuration } from '../platform/config/configuration.js';
import { environmentWith } from '../platform/config/configuration-from-environment.js';
import { parseGrpcTarget } from '../platform/discovery/grpc-target.js';

export interface SplitProcess {
  readonly service: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A service listens where the gateway looks for it. */
function grpcPort(service: string, address: string): string {
  const target = parseGrpcTarget(address);
  const port = target.kind === 'endpoints' && target.addresses.length === 1 && /:(\d+)$/.exec(target.addresses[0])?.[1];
  if (port) return port;
  throw new Error(`${service} can not listen on ${address}: on one machine its address is one host:port`);
}

/** The gateway and the services it calls; their HTTP listeners take the ports after the gateway's. */
export function splitProcesses({ serviceName, http, discovery }: Configuration): readonly SplitProcess[] {
  const services = Object.entries(discovery.addresses).map(([service, address], index) => ({
    service,
    environment: {
      SERVICE_NAME: service,
      PROTOCOLS: '',
      PORT: `${http.port === 0 ? 0 : http.port + index + 1}`,
      GRPC_PORT: grpcPort(service, address),
    },
  }));
  // one .env holds for all: who calls the gateway from outside has no certificate of ours
  const gateway = { SERVICE_NAME: serviceName, GRPC_TLS_CLIENT_CA_FILE: '' };
  return [{ service: serviceName, environment: gateway }, ...services];
}

type Print = (line: string) => void;

/** Gateway and services as processes of this machine that start and stop together. */
export class Split {
  readonly #children: readonly ChildProcess[];
  readonly #ended: readonly Promise<number>[];
  #stopping: Promise<number> | undefined;

  /** `program`: the file that each of them runs. */
  constructor(processes: readonly SplitProcess[], program: string, print: Print) {
    const width = Math.max(...processes.map(({ service }) => service.length));
    this.#children = processes.map(({ service, environment }) =>
      start(program, environment, (line) => print(`${service.padEnd(width)} | ${line}`)),
    );
    this.#ended = this.#children.map(exitCode);
  }

  /** Resolves with the exit code of the whole when all have ended: they stop when one of them does. */
  async ended(): Promise<number> {
    const first = await Promise.race(this.#ended);
    const unexpected = this.#stopping === undefined;
    return Math.max(first, await this.stop(), unexpected ? 1 : 0);
  }

  /** The gateway first, for what it is doing needs the services. */
  stop(): Promise<number> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<number> {
    const [gateway, ...services] = this.#children;
    gateway?.kill('SIGTERM');
    const code = (await this.#ended[0]) ?? 0;
    for (const service of services) service.kill('SIGTERM');
    return Math.max(code, ...(await Promise.all(this.#ended)));
  }
}

function start(program: string, environment: SplitProcess['environment'], print: Print): ChildProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    // a Ctrl-C is for this process alone, which stops the others in order
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', print);
  return child;
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
