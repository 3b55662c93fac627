import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { framed, messageIn } from '../../protocols/grpc/message-frame.js';
import { toError } from '../../protocols/grpc/unary-exchange.js';

export interface UnaryRequest {
  readonly path: string;
  readonly message: Buffer;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Milliseconds of `performance.now()`. The service learns it; only `cancel` ends the call here. */
  readonly deadline: number;
  readonly explain: (error: ServiceError) => Error;
}

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants;

/** Of calls that Node has not sent: the connection took no more streams. */
const notStarted = new Set(['ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_OUT_OF_STREAMS']);

const requestOptions = { endStream: false };

function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One call over HTTP/2. Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export class UnaryStream {
  readonly #result = Promise.withResolvers<Buffer>();
  #stream: ClientHttp2Stream | undefined;
  readonly #received: Buffer[] = [];
  #error: NodeJS.ErrnoException | undefined;
  #isOpen = true;

  constructor(private readonly request: UnaryRequest) {}

  get answer(): Promise<Buffer> {
    return this.#result.promise;
  }

  send(session: ClientHttp2Session, constantHeaders: readonly string[]): void {
    if (!this.#isOpen) return;
    const { path, headers, deadline, message } = this.request;
    const timeout = `${Math.max(1, Math.ceil(deadline - performance.now()))}m`;
    const sent = [':path', path, ...constantHeaders, ...headers, 'grpc-timeout', timeout];
    const stream = session.request(sent, requestOptions);
    this.#stream = stream;
    stream.on('response', (received) => this.#onHeaders(received));
    stream.on('data', (bytes: Buffer) => this.#received.push(bytes));
    stream.on('trailers', (received) => this.#onHeaders(received));
    stream.on('error', (error) => {
      this.#error = error;
    });
    stream.on('close', () => this.#onClose(session, stream.rstCode));
    stream.end(framed(message));
  }

  fail(code: status, details: string, metadata = new Metadata()): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#result.reject(this.request.explain(toError({ code, details, metadata })));
  }

  /** Nobody waits for the answer. */
  cancel(): void {
    this.fail(status.CANCELLED, 'Call cancelled');
    this.#stream?.close(NGHTTP2_CANCEL);
  }

  /** Of a failure there may be one block of headers, which is then its trailers too. */
  #onHeaders(headers: IncomingHttpHeaders): void {
    const { ':status': http, 'grpc-status': code, 'grpc-message': text } = headers;
    if (code === '0') this.#complete();
    else if (code !== undefined) {
      const details = decodedText(String(text ?? ''));
      this.fail(Number(code) || status.UNKNOWN, details, Metadata.fromHttp2Headers(headers));
    } else if (http !== undefined && Number(http) !== 200) {
      this.fail(status.UNAVAILABLE, `HTTP status ${http}`);
    }
  }

  #complete(): void {
    const message = messageIn(this.#received);
    if (!message) {
      this.fail(status.INTERNAL, 'The answer is not one whole message');
      return;
    }
    this.#isOpen = false;
    this.#result.resolve(message);
  }

  #onClose(session: ClientHttp2Session, code: number | undefined): void {
    if (!this.#isOpen) return;
    const { code: reason = '', message = 'Connection dropped' } = this.#error ?? {};
    if (notStarted.has(reason)) {
      // Node keeps a session open that has no stream ids left
      session.close();
      this.fail(status.UNAVAILABLE, `Failed to start HTTP/2 stream: ${message}`);
    } else this.fail(status.UNAVAILABLE, code === NGHTTP2_REFUSED_STREAM ? 'Stream refused by server' : message);
  }
}
