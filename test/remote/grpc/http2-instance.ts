import { once } from 'node:events';
import {
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { framed } from '../../../src/protocols/grpc/message-frame.js';
import { plainText } from '../../../src/remote/grpc/channel-security.js';
import { InstanceConnection } from '../../../src/remote/grpc/instance-connection.js';
import { UnaryStream } from '../../../src/remote/grpc/unary-stream.js';

type Handler = (stream: ServerHttp2Stream, path: string) => void;

/** Ends like a gRPC server whose method returns `message`. */
export function answer(stream: ServerHttp2Stream, message: string | Buffer): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed(Buffer.from(message)));
}

export const unary = (path = '/a/b', message: Buffer = Buffer.alloc(0)): UnaryStream =>
  new UnaryStream({ path, message, headers: [], deadline: performance.now() + 60_000, explain: (error) => error });

/** A server on node:http2 that does as a test wants, and the connection to it. */
export class Http2Instance {
  readonly sessions: ServerHttp2Session[] = [];
  readonly sockets: Socket[] = [];

  private constructor(
    readonly server: Http2Server,
    readonly connection: InstanceConnection,
  ) {
    server.on('session', (session) => {
      session.on('error', () => undefined);
      this.sessions.push(session);
    });
    server.on('connection', (socket) => this.sockets.push(socket));
  }

  static async start(handle: Handler, options: ServerOptions = {}): Promise<Http2Instance> {
    const server = createServer(options).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined);
      handle(stream, String(headers[':path']));
    });
    return new Http2Instance(server, new InstanceConnection('users', address, plainText));
  }

  begin(path?: string, message?: Buffer): UnaryStream {
    const stream = unary(path, message);
    this.connection.send(stream);
    return stream;
  }

  async call(path?: string, message?: Buffer): Promise<string> {
    return (await this.begin(path, message).answer).toString();
  }

  async stop(): Promise<void> {
    this.connection.close();
    for (const session of this.sessions) session.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
