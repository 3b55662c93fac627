import { PayloadTooLarge, Unimplemented } from '../../contract/built-in-failures.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { CallSlots } from '../call-slots.js';
import { ConnectionCalls } from '../json-rpc/connection-calls.js';
import { errorMember, stopping } from '../json-rpc/error-object.js';
import { type Procedure, procedures } from '../json-rpc/procedures.js';
import type { IncomingMessage, Peer, Receiver } from './broker.js';
import { type DropLog, retainedRequest } from './drop-log.js';
import { type ReadRequest, RefusedRequest, type ReplyTarget, readMqttRequest } from './request-reader.js';
import { ReplyTopics, type RequestTopic, readRequestTopic } from './topics.js';

export interface RunnerOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  readonly topicPrefix: string;
  readonly payloadBytes: number;
  /** Running at once; more requests wait unread. */
  readonly maxConcurrentCalls: number;
  readonly drops: DropLog;
}

interface Exchange {
  readonly peer: Peer;
  readonly replyTo: ReplyTarget | undefined;
}

export class RequestRunner implements Receiver {
  readonly #procedures: ReadonlyMap<string, Procedure>;
  readonly #replyTopics: ReplyTopics;
  readonly #slots: CallSlots;
  /** Without a reply topic: not cancelled when the sender disconnects. */
  readonly #unanswered = new ConnectionCalls();
  #draining = false;

  constructor(private readonly options: RunnerOptions) {
    const { operations, topicPrefix, maxConcurrentCalls } = options;
    this.#procedures = procedures(operations, ({ mqtt }) => `${topicPrefix}/${mqtt}`);
    this.#replyTopics = new ReplyTopics(topicPrefix);
    this.#slots = new CallSlots(maxConcurrentCalls);
  }

  receive(message: IncomingMessage, peer: Peer, taken: () => void): void {
    const started = this.#slots.run(() => this.#serve(message, peer));
    if (started) void started.then(() => taken());
    else taken();
  }

  disconnected(peer: Peer): void {
    peer.calls.cancel(this.options.pipeline);
  }

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
    if (replyTo) this.#answer({ peer, replyTo }, errorMember(failure));
    else this.#drop(`${failure.code} without a topic for replies: ${failure.message}`, message, peer);
  }

  #call(name: string, exchange: Exchange, { fields, params }: ReadRequest, address: string): void {
    const { pipeline } = this.options;
    const procedure = this.#procedures.get(name);
    const context = pipeline.begin({ protocol: 'mqtt', address, ...fields }, procedure?.operation);
    if (!procedure || this.#draining) {
      this.#answer(exchange, errorMember(procedure ? stopping() : new Unimplemented(), context));
      return;
    }
    const { operation, decode, encode } = procedure;
    const { peer, replyTo } = exchange;
    const call = new Call(operation, context, params, decode);
    const calls = replyTo ? peer.calls : this.#unanswered;
    calls.run(pipeline, call, replyTo && encode, (member) => this.#answer(exchange, member, operation.spec.qos));
  }

  #answer(exchange: Exchange, member: string, qos?: 0 | 1): void {
    if (!this.#send(exchange, member, qos)) {
      this.#send(exchange, errorMember(new PayloadTooLarge({ detail: 'The answer is too long for the broker' })), qos);
    }
    this.#slots.release();
  }

  #send({ peer, replyTo }: Exchange, member: string, qos: 0 | 1 = 1): boolean {
    if (!replyTo) return true;
    const { topic, head, correlationData } = replyTo;
    return peer.send({ topic, payload: `${head}${member}}`, qos, correlationData });
  }
}

const isOwn = (owner: string | undefined, { sender = owner }: RequestTopic, { clientId = owner }: Peer): boolean =>
  owner !== undefined && sender === owner && clientId === owner;
