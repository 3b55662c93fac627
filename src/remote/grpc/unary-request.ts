import {
  type Client,
  type InterceptingListener,
  type Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { wallClock } from '../../contract/wall-clock.js';

export interface UnaryRequest {
  /** `/users.v1.UsersService/GetUser` */
  readonly path: string;
  readonly message: Buffer;
  readonly metadata: Metadata;
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Takes the request back. */
  readonly signal: AbortSignal;
  /** What to reject with. */
  readonly explain: (error: ServiceError) => Error;
}

const toError = (end: StatusObject): ServiceError =>
  Object.assign(new Error(`${end.code} ${status[end.code]}: ${end.details}`), end);

/** The one message of an answer, once its status is there. */
class UnaryAnswer implements InterceptingListener {
  #message: Buffer | undefined;

  constructor(
    private readonly resolve: (message: Buffer) => void,
    private readonly reject: (error: Error) => void,
    private readonly explain: (error: ServiceError) => Error,
  ) {}

  onReceiveMetadata(): void {}

  onReceiveMessage(message: Buffer): void {
    this.#message = message;
  }

  onReceiveStatus(end: StatusObject): void {
    if (end.code !== status.OK) this.#fail(end);
    else if (this.#message) this.resolve(this.#message);
    else this.#fail({ ...end, code: status.UNIMPLEMENTED, details: 'No message received' });
  }

  #fail(end: StatusObject): void {
    this.reject(this.explain(toError(end)));
  }
}

/**
 * Bytes for bytes, straight on the call of grpc-js: its own `makeUnaryRequest` makes an event emitter, two interceptors
 * and the stack of an error that nobody reads for each.
 */
export function sendUnary(client: Client, request: UnaryRequest): Promise<Buffer> {
  const { path, message, metadata, deadline, signal, explain } = request;
  return new Promise((resolve, reject) => {
    const call = client
      .getChannel()
      .createCall(path, wallClock() + deadline - performance.now(), undefined, null, undefined);
    call.start(metadata, new UnaryAnswer(resolve, reject, explain));
    call.startRead();
    call.sendMessageWithContext({}, message);
    call.halfClose();
    const takeBack = () => call.cancelWithStatus(status.CANCELLED, 'Nobody waits for the answer');
    signal.addEventListener('abort', takeBack, { once: true });
  });
}
