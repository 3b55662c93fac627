import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Failure } from '../../contract/failure.js';
import { httpStatus } from '../../contract/failure-table.js';
import { identityOf } from './inbound.js';
import { toProblem } from './problem.js';

export interface Refusal {
  readonly failure: Failure;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class PlainAnswer {
  readonly #status: number;
  readonly #headers: Readonly<Record<string, string | number>>;
  readonly #body: string;

  constructor({ failure, status = httpStatus(failure), headers }: Refusal, request?: IncomingMessage) {
    const { requestId, trace } = identityOf(request ?? { headers: {} });
    this.#status = status;
    this.#body = JSON.stringify({ ...toProblem(failure, trace.traceId), status });
    this.#headers = {
      ...headers,
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(this.#body),
      'x-request-id': requestId,
      connection: 'close',
    };
  }

  send(response: ServerResponse): void {
    response.writeHead(this.#status, this.#headers).end(this.#body);
  }

  toString(): string {
    const lines = Object.entries(this.#headers).map(([name, value]) => `${name}: ${value}`);
    return `${[`HTTP/1.1 ${this.#status} ${STATUS_CODES[this.#status]}`, ...lines].join('\r\n')}\r\n\r\n${this.#body}`;
  }
}
