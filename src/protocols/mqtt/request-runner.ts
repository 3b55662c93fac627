import { PayloadTooLarge, ServiceUnavailable, Unimplemented } from '../../contract/built-in-failures.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { CallSlots } from '../call-slots.js';
import { type ErrorObject, errorObject } from '../json-rpc/error-object.js';
import { type Procedure, procedures } from '../json-rpc/procedures.js';
import type { IncomingMessage, Peer, Receiver } from './broker.js';
import { type DropLog, retainedRequest } from './drop-log.js';
import { ReplyTopics } from './reply-topics.js';
import { type ReadRequest, RefusedRequest, type ReplyTarget, readMqttRequest } from './request-reader.js';
import { type RequestTopic, readRequestTopic } from './request-topic.js';

export interface RunnerOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  /** The first level of every topic. */
  readonly topicPrefix: string;
  readonly payloadBytes: number;
  /** Calls that run at once; further ones wait unread. */
  readonly maxConcurrentCalls: number;
  readonly drops: DropLog;
}

/** Where one request came from and its answer goes. */
interface Exchange {
  readonly peer: Peer;
  readonly replyTo: ReplyTarget | undefined;
}

/** Runs what a broker hands over, and answers it. */
export class RequestRunner implements Receiver {
  readonly #procedures: ReadonlyMap<string, Procedure>;
  readonly #replyTopics: ReplyTopics;
  readonly #slots: CallSlots;
  #draining = false;

  constructor(private readonly options: RunnerOptions) {
    const { operations, topicPrefix, maxConcurrentCalls } = options;
    this.#procedures = procedures(operations, ({ mqtt }) => `${topicPrefix}/${mqtt}`);
    this.#replyTopics = new ReplyTopics(topicPrefix);
    this.#slots = new CallSlots(maxConcurrentCalls);
  }

  receive(message: IncomingMessage, peer: Peer): Promise<void> | undefined {
    return this.#slots.run(() => this.#serve(message, peer));
  }

  gone(peer: Peer): void {
    peer.calls.cancel(this.options.pipeline);
  }

  /** Refuses new requests and resolves when everything taken is answered. */
  drain(): Promise<void> {
    this.#draining = true;
    return this.#slots.idle();
  }

  #serve(message: IncomingMessage, peer: Peer): void {
    const read = readMqttRequest(message, this.options.payloadBytes);
    const { replyTo } = read;
    const limited = peer.admit();
    const request = limited ? new RefusedRequest(replyTo, limited) : read;
    const topic = readRequestTopic(message.topic);
    const owner = replyTo && this.#replyTopics.ownerOf(replyTo.topic);
    if (message.retain) this.#drop(retainedRequest, message, peer);
    else if (replyTo && !isOwn(owner, topic, peer)) {
      this.#drop('a request whose reply topic is not its sender’s', message, peer, replyTo.topic);
    } else if (request instanceof RefusedRequest) this.#refuse(request, message, peer);
    else this.#call(topic.procedure, { peer, replyTo }, request, peer.address ?? topic.sender ?? owner ?? 'mqtt');
  }

  #drop(reason: string, { topic }: IncomingMessage, peer: Peer, replyTopic?: string): void {
    this.options.drops.add(reason, {
      topic,
      ...(peer.clientId !== undefined && { client: peer.clientId }),
      ...(replyTopic !== undefined && { 'reply topic': replyTopic }),
    });
    this.#slots.release();
  }

  #refuse({ replyTo, failure }: RefusedRequest, message: IncomingMessage, peer: Peer): void {
    if (replyTo) this.#sendError({ peer, replyTo }, errorObject(failure));
    else this.#drop(`${failure.code} without a topic for replies: ${failure.message}`, message, peer);
  }

  #call(name: string, exchange: Exchange, { fields, params }: ReadRequest, address: string): void {
    const { pipeline } = this.options;
    const procedure = this.#procedures.get(name);
    const call = pipeline.begin({ protocol: 'mqtt', address, ...fields }, procedure?.operation);
    if (!procedure || this.#draining) {
      this.#fail(procedure ? stopping() : new Unimplemented(), call, exchange);
      return;
    }
    const { operation, decode } = procedure;
    const { calls } = exchange.peer;
    // a caller who leaves cancels what it waits for, and nobody waits for what has no reply topic
    const place = exchange.replyTo && calls.add(call);
    const forget = () => {
      if (place) calls.remove(place);
    };
    pipeline.execute(new Call(operation, call, params, decode)).then(
      (value) => {
        forget();
        this.#succeed(value, call, exchange, procedure);
      },
      (error: unknown) => {
        forget();
        this.#fail(error, call, exchange, operation);
      },
    );
  }

  #succeed(value: unknown, call: CallContext, exchange: Exchange, { operation, encode }: Procedure): void {
    let outcome: string;
    try {
      outcome = exchange.replyTo ? `"result":${JSON.stringify(encode(value))}` : '';
    } catch (error) {
      this.#fail(error, call, exchange, operation);
      return;
    }
    if (this.#send(exchange, outcome, operation.spec.qos)) this.#slots.release();
    else
      this.#fail(new PayloadTooLarge({ detail: 'The answer is too long for the broker' }), call, exchange, operation);
  }

  #fail(error: unknown, call: CallContext, exchange: Exchange, operation?: OperationDescriptor): void {
    const failure = this.options.pipeline.toFailure(error, call, operation);
    this.#sendError(exchange, errorObject(failure, call), operation?.spec.qos);
  }

  #sendError(exchange: Exchange, error: ErrorObject, qos?: 0 | 1): void {
    this.#send(exchange, `"error":${JSON.stringify(error)}`, qos);
    this.#slots.release();
  }

  #send({ peer, replyTo }: Exchange, outcome: string, qos: 0 | 1 = 1): boolean {
    if (!replyTo) return true;
    const { topic, head, correlationData } = replyTo;
    return peer.send({ topic, payload: `${head}${outcome}}`, qos, correlationData });
  }
}

const stopping = () => new ServiceUnavailable({ detail: 'This process is stopping', retryAfterSeconds: 1 });

const isOwn = (owner: string | undefined, { sender = owner }: RequestTopic, { clientId = owner }: Peer): boolean =>
  owner !== undefined && sender === owner && clientId === owner;
