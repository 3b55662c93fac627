import {
  type Client,
  type InterceptingListener,
  type Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';

export interface UnaryRequest {
  readonly path: string;
  readonly message: Buffer;
  readonly metadata: Metadata;
  /** Epoch milliseconds; without it only `cancel` ends the call. */
  readonly deadline?: number;
  readonly explain: (error: ServiceError) => Error;
}

export const toError = (end: StatusObject): ServiceError =>
  Object.assign(new Error(`${end.code} ${status[end.code]}: ${end.details}`), end);

/** One call as bytes: `makeUnaryRequest` would add an event emitter, two interceptors and an error stack. */
export class UnaryExchange implements InterceptingListener {
  readonly #result = Promise.withResolvers<Buffer>();
  readonly #call;
  #message: Buffer | undefined;

  constructor(
    client: Client,
    private readonly request: UnaryRequest,
  ) {
    const { path, message, metadata, deadline = Number.POSITIVE_INFINITY } = request;
    const call = client.getChannel().createCall(path, deadline, undefined, null, undefined);
    this.#call = call;
    call.start(metadata, this);
    call.startRead();
    call.sendMessageWithContext({}, message);
    call.halfClose();
  }

  get answer(): Promise<Buffer> {
    return this.#result.promise;
  }

  cancel(): void {
    this.#call.cancelWithStatus(status.CANCELLED, 'Nobody waits for the answer');
  }

  onReceiveMetadata(): void {}

  onReceiveMessage(message: Buffer): void {
    this.#message = message;
  }

  onReceiveStatus(end: StatusObject): void {
    if (end.code !== status.OK) this.#fail(end);
    else if (this.#message) this.#result.resolve(this.#message);
    else this.#fail({ ...end, code: status.UNIMPLEMENTED, details: 'No message received' });
  }

  #fail(end: StatusObject): void {
    this.#result.reject(this.request.explain(toError(end)));
  }
}
