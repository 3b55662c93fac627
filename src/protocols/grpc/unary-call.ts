import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { DeadlineExceeded, MalformedRequest } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { withIssues } from '../../contract/json-codec.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { ServiceTokenRefused } from '../../pipeline/authenticate.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { CallerAddresses } from '../caller-address.js';
import { repeatedKeyIssues } from '../request-values.js';
import { grpcInbound, type ReceivedMetadata } from './grpc-inbound.js';
import type { OperationCodec } from './protobuf-codec.js';
import { failureStatus } from './status-details.js';
import { sendAnswer } from './unary-answer.js';

export interface UnaryMethod {
  readonly operation: OperationDescriptor;
  readonly codec: OperationCodec;
  readonly pipeline: Pipeline;
  readonly addresses: CallerAddresses;
}

const ignore = (): void => {};

const requestIdKey = 'x-request-id';

/** Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback */
export const noRetry = ['grpc-retry-pushback-ms', '-1'] as const;

export const senderRefused = ['x-sender-refused', 'true'] as const;

/** Replaces the unary handler of grpc-js, which makes a stream per call and waits for the message to be written. */
export class UnaryCall {
  #request: Buffer | undefined;
  #context: CallContext | undefined;
  #isOpen = true;

  constructor(
    private readonly method: UnaryMethod,
    private readonly transport: ServerInterceptingCallInterface,
    private readonly stream: ServerHttp2Stream,
    private readonly metadata: ReceivedMetadata,
  ) {}

  start(): void {
    this.transport.start(this);
  }

  onReceiveMetadata(): void {
    this.transport.startRead();
  }

  onReceiveMessage(message: Buffer): void {
    if (this.#request) {
      this.#refuse('There is more than one request message');
      return;
    }
    this.#request = message;
    // may call onReceiveHalfClose synchronously
    this.transport.startRead();
  }

  onReceiveHalfClose(): void {
    if (!this.#isOpen) return;
    if (this.#request) this.#execute(this.#request);
    else this.#refuse('There is no request message');
  }

  /** Called after every call, answered or not. */
  onCancel(): void {
    if (this.#isOpen && this.#context) this.#end(this.#context);
    this.#isOpen = false;
  }

  #execute(request: Buffer): void {
    const { pipeline, operation, codec, addresses } = this.method;
    const { headers, raw } = this.metadata;
    const context = pipeline.begin(grpcInbound(this.metadata, this.transport, addresses), operation);
    this.#context = context;
    const decode = withIssues(codec.decodeRequest, repeatedKeyIssues(headers['idempotency-key'], raw));
    const call = new Call(operation, context, request, decode);
    call.encode = codec.encodeResponse;
    pipeline.run(call, {
      resolve: (bytes) => this.#answer(bytes as Buffer, context),
      reject: (failure) => this.#fail(failure, context),
    });
  }

  #answer(bytes: Buffer, context: CallContext): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { transport, stream } = this;
    // grpc-js knows nothing of the answer, and its deadline may pass while it is sent
    transport.sendStatus = ignore;
    sendAnswer(stream, bytes, [requestIdKey, context.requestId]);
  }

  #fail(failure: Failure, context: CallContext): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const sent = failureStatus(failure, context.trace.traceId);
    sent.metadata.set(requestIdKey, context.requestId);
    if (failure.retry === 'never') sent.metadata.set(...noRetry);
    if (failure instanceof ServiceTokenRefused) sent.metadata.set(...senderRefused);
    this.transport.sendStatus(sent);
  }

  #refuse(detail: string): void {
    this.#isOpen = false;
    this.transport.sendStatus(failureStatus(new MalformedRequest({ detail })));
  }

  /** grpc-js ends calls just before their deadline: it counts whole milliseconds. */
  #end(context: CallContext): void {
    if (performance.now() + 2 >= context.lifetime.deadline) context.lifetime.end(new DeadlineExceeded());
    else this.method.pipeline.cancel(context);
  }
}
