import type { Configuration } from '../platform/config/configuration.js';
import { parseGrpcTarget } from '../platform/config/grpc-target.js';
import { SplitPart, type SplitProcess } from './split-part.js';

/** `services`: in start order, each before its callers. */
export interface SplitProcesses {
  readonly gateway: SplitProcess;
  readonly services: readonly SplitProcess[];
}

function grpcPort(service: string, address: string): string {
  const target = parseGrpcTarget(address);
  const port = target.kind === 'endpoints' && target.addresses.length === 1 && /:(\d+)$/.exec(target.addresses[0])?.[1];
  if (port) return port;
  throw new Error(`${service} cannot listen on ${address}: on one machine its address is one host:port`);
}

export function splitProcesses({ serviceName, http, discovery }: Configuration): SplitProcesses {
  const services = Object.entries(discovery.addresses).map(([service, address], index) => ({
    service,
    environment: {
      SERVICE_NAME: service,
      PROTOCOLS: '',
      PORT: `${http.port === 0 ? 0 : http.port + index + 1}`,
      GRPC_PORT: grpcPort(service, address),
    },
  }));
  // .env is shared, but callers of the gateway have no client certificate of this product
  const environment = { SERVICE_NAME: serviceName, GRPC_TLS_CLIENT_CA_FILE: '' };
  return { gateway: { service: serviceName, environment }, services };
}

type Print = (line: string) => void;

export class Split {
  readonly #gateway: SplitPart;
  readonly #services: readonly SplitPart[];
  #stopping: Promise<number> | undefined;

  constructor(
    { gateway, services }: SplitProcesses,
    program: string,
    private readonly print: Print,
  ) {
    const width = Math.max(...[gateway, ...services].map(({ service }) => service.length));
    const start = (process: SplitProcess) =>
      new SplitPart(process, program, (line) => print(`${process.service.padEnd(width)} | ${line}`));
    this.#services = services.map(start);
    this.#gateway = start(gateway);
    void this.#listen();
  }

  /** When one process ends, all stop. Resolves with the exit code of the whole. */
  async ended(): Promise<number> {
    const { service, code, cause } = await Promise.race(this.#parts.map(({ ended }) => ended));
    if (this.#stopping !== undefined) return Math.max(code, await this.#stopping);
    this.print(`${service} ended (${cause}), so the others stop`);
    return Math.max(1, code, await this.stop());
  }

  /** The gateway stops first: its running calls need the services. */
  stop(): Promise<number> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  get #parts(): readonly SplitPart[] {
    return [...this.#services, this.#gateway];
  }

  /** They load in parallel but listen in order, because some call others when they start. */
  async #listen(): Promise<void> {
    for (const part of this.#parts) await part.listen();
  }

  async #stop(): Promise<number> {
    const gateway = await this.#gateway.stop();
    const services = await Promise.all(this.#services.map((service) => service.stop()));
    return Math.max(gateway.code, ...services.map(({ code }) => code));
  }
}
