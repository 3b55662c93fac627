import { type ClientHttp2Session, type ClientSessionOptions, connect } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { fullJitter } from '../../platform/schedule/backoff.js';
import type { ChannelSecurity } from './channel-security.js';
import { type Endpoint, endpointOf } from './endpoint-of.js';
import { keepAlive } from './keep-alive.js';
import type { UnaryStream } from './unary-stream.js';

const reconnect = { baseMs: 100, maxMs: 500 };

const connectTimeoutMs = 5_000;

const sessionOptions: ClientSessionOptions = {
  // limits of Node, at which calls would fail; those of the service apply
  maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
};

/** HTTP/2 to one instance. Calls wait while it connects; after a connection was lost, the next call opens another. */
export class InstanceConnection {
  readonly #endpoint: Endpoint;
  readonly #constantHeaders: readonly string[];
  /** Without the settings of the server it is not one yet: it may want TLS, or refuse our certificate. */
  #attempt: ClientHttp2Session | undefined;
  #session: ClientHttp2Session | undefined;
  #waiting: UnaryStream[] = [];
  #failedAttempts = 0;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly service: string,
    private readonly address: string,
    private readonly security: ChannelSecurity,
  ) {
    this.#endpoint = endpointOf(address);
    this.#constantHeaders = [
      ...[':method', 'POST', ':scheme', security.isSecure ? 'https' : 'http', ':authority', this.#endpoint.authority],
      ...['te', 'trailers', 'content-type', 'application/grpc', 'user-agent', 'grpc-node-http2'],
    ];
  }

  /** False from a failed attempt until a connection is there; attempts continue. Opens a lost connection. */
  isReachable(): boolean {
    if (this.#failedAttempts === 0) this.#open();
    return this.#failedAttempts === 0;
  }

  /** Connects at once, without a pause after the last attempt: the caller has no better instance. */
  send(call: UnaryStream): void {
    const session = this.#open();
    if (session) call.send(session, this.#constantHeaders);
    else this.#waiting.push(call);
  }

  /** Running calls end as usual. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#attempt?.destroy();
    this.#session?.close();
  }

  /** Returns the session that takes calls, if there is one. */
  #open(): ClientHttp2Session | undefined {
    const session = this.#session;
    // closed: the server takes no more calls on it (GOAWAY)
    if (session && !session.closed && !session.destroyed) return session;
    if (!this.#attempt && !this.#isClosed) this.#connect();
    return undefined;
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const { authority } = this.#endpoint;
    const socket = this.#socket();
    const session = connect(`http://${authority}`, { ...sessionOptions, createConnection: () => socket });
    this.#attempt = session;
    let reason = 'Failed to connect';
    const timeout = setTimeout(() => session.destroy(new Error('no answer to the connection')), connectTimeoutMs);
    // a call keeps the process running by its own timer
    timeout.unref();
    session.unref();
    const onError = (error: Error) => {
      reason = error.message;
      // TLS 1.3 refuses a certificate after the handshake: Node then leaves the socket open, and the session with it
      socket.destroy();
    };
    session.on('error', onError);
    socket.on('error', onError);
    session.once('close', () => {
      clearTimeout(timeout);
      this.#ended(session, reason);
    });
    session.once('remoteSettings', () => {
      clearTimeout(timeout);
      this.#ready(session);
    });
  }

  #socket(): Socket {
    const { socket } = this.#endpoint;
    const tls = this.security.tls(this.service, this.address);
    return tls ? connectTls({ ...socket, ...tls, ALPNProtocols: ['h2'] }) : connectTcp(socket);
  }

  #ready(session: ClientHttp2Session): void {
    this.#attempt = undefined;
    this.#session = session;
    this.#failedAttempts = 0;
    keepAlive(session);
    for (const call of this.#waiting.splice(0)) call.send(session, this.#constantHeaders);
  }

  #ended(session: ClientHttp2Session, reason: string): void {
    if (session === this.#session) this.#session = undefined;
    if (session !== this.#attempt) return;
    this.#attempt = undefined;
    this.#failedAttempts++;
    const details = `No connection established. Last error: ${reason}`;
    for (const call of this.#waiting.splice(0)) call.fail(status.UNAVAILABLE, details);
    if (!this.#isClosed) {
      this.#retry = setTimeout(() => this.#connect(), fullJitter(reconnect, this.#failedAttempts)).unref();
    }
  }
}
