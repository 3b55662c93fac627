import type { Configuration } from '../platform/config/configuration.js';
import { parseGrpcTarget } from '../platform/config/grpc-target.js';
import { SplitPart, type SplitProcess } from './split-part.js';

function grpcPort(service: string, address: string): string {
  const target = parseGrpcTarget(address);
  const port = target.kind === 'endpoints' && target.addresses.length === 1 && /:(\d+)$/.exec(target.addresses[0])?.[1];
  if (port) return port;
  throw new Error(`${service} cannot listen on ${address}: on one machine its address is one host:port`);
}

/** In start order, each service before its callers: the gateway is last. */
export function splitProcesses({ serviceName, http, discovery }: Configuration): readonly SplitProcess[] {
  const services = Object.entries(discovery.addresses).map(([service, address], index) => ({
    SERVICE_NAME: service,
    PROTOCOLS: '',
    PORT: `${http.port === 0 ? 0 : http.port + index + 1}`,
    GRPC_PORT: grpcPort(service, address),
  }));
  // .env is shared, but callers of the gateway have no client certificate of this product
  return [...services, { SERVICE_NAME: serviceName, GRPC_TLS_CLIENT_CA_FILE: '' }];
}

type Print = (line: string) => void;

export class Split {
  readonly #parts: readonly SplitPart[];
  #stopping: Promise<number> | undefined;

  constructor(
    processes: readonly SplitProcess[],
    program: string,
    private readonly print: Print,
  ) {
    const width = Math.max(...processes.map(({ SERVICE_NAME: service }) => service.length));
    this.#parts = processes.map((process) => {
      const name = process.SERVICE_NAME.padEnd(width);
      return new SplitPart(process, program, (line) => print(`${name} | ${line}`));
    });
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

  /** They load in parallel but listen in order, because some call others when they start. */
  async #listen(): Promise<void> {
    for (const part of this.#parts) await part.listen();
  }

  async #stop(): Promise<number> {
    await this.#parts.at(-1)?.stop();
    // the gateway too: it has stopped, and `stop` resolves with its exit code again
    const endings = await Promise.all(this.#parts.map((part) => part.stop()));
    return Math.max(...endings.map(({ code }) => code));
  }
}
