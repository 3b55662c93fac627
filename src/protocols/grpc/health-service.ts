import type { handleUnaryCall, Server, ServerWritableStream, StatusObject } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import { byteMethod, fromBytes, toBytes } from './protobuf-messages.js';
import { failureStatus } from './status-details.js';

/** grpc/health/v1/health.proto of grpc-proto. */
export const healthProto = `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
message HealthListRequest {}
message HealthListResponse { map<string, HealthCheckResponse> statuses = 1; }
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc List(HealthListRequest) returns (HealthListResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
`;

const { root } = protobuf.parse(healthProto, new protobuf.Root());
const Request = root.lookupType('grpc.health.v1.HealthCheckRequest');
const Response = root.lookupType('grpc.health.v1.HealthCheckResponse');
const ListResponse = root.lookupType('grpc.health.v1.HealthListResponse');

const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

const statusBytes = (code: number): Buffer => toBytes(Response, { status: code });

function serviceOf(bytes: Buffer): string | undefined {
  try {
    return Request.toObject(fromBytes(Request, bytes), { defaults: true }).service;
  } catch {
    return undefined;
  }
}

const malformed = (): StatusObject =>
  failureStatus(new MalformedRequest({ detail: 'The request is no HealthCheckRequest' }));

/** `grpc.health.v1.Health`: all services of a process have one status. */
export class HealthService {
  readonly watchers = new Map<ServerWritableStream<Buffer, Buffer>, string>();
  readonly #services: ReadonlySet<string>;
  #isServing = true;

  /** `services`: full names; the empty name, for the whole process, is added. */
  constructor(services: Iterable<string>) {
    this.#services = new Set(['', ...services]);
  }

  setServing(isServing: boolean): void {
    if (this.#isServing === isServing) return;
    this.#isServing = isServing;
    for (const [stream, service] of this.watchers) stream.write(statusBytes(this.#status(service)));
  }

  /** Ends every watch, so that clients find another process. */
  close(): void {
    this.setServing(false);
    for (const stream of this.watchers.keys()) stream.end();
    this.watchers.clear();
  }

  addTo(server: Server): void {
    server.addService(
      {
        Check: byteMethod('/grpc.health.v1.Health/Check'),
        List: byteMethod('/grpc.health.v1.Health/List'),
        Watch: byteMethod('/grpc.health.v1.Health/Watch', { responseStream: true }),
      },
      {
        Check: this.#check,
        List: this.#list,
        Watch: (stream: ServerWritableStream<Buffer, Buffer>) => this.#watch(stream),
      },
    );
  }

  #status(service: string): number {
    if (!this.#services.has(service)) return serviceUnknown;
    return this.#isServing ? serving : notServing;
  }

  readonly #check: handleUnaryCall<Buffer, Buffer> = ({ request }, respond) => {
    const service = serviceOf(request);
    if (service === undefined) respond(malformed());
    else if (this.#services.has(service)) respond(null, statusBytes(this.#status(service)));
    else respond({ code: status.NOT_FOUND, details: 'There is no such service' });
  };

  readonly #list: handleUnaryCall<Buffer, Buffer> = (_call, respond) => {
    const statuses = Object.fromEntries([...this.#services].map((name) => [name, { status: this.#status(name) }]));
    respond(null, toBytes(ListResponse, { statuses }));
  };

  #watch(stream: ServerWritableStream<Buffer, Buffer>): void {
    const service = serviceOf(stream.request);
    if (service === undefined) {
      stream.emit('error', malformed());
      return;
    }
    this.watchers.set(stream, service);
    stream.once('cancelled', () => this.watchers.delete(stream));
    stream.write(statusBytes(this.#status(service)));
  }
}
