import { PayloadTooLarge } from '../../contract/built-in-failures.js';
import { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { CallSlots } from '../call-slots.js';
import { errorMember, stopping } from '../json-rpc/error-object.js';
import { Procedures } from '../json-rpc/procedures.js';
import type { PeerLimits } from '../message-rate.js';
import type { Broker, IncomingMessage, Peer } from './broker.js';
import { DropLog, retainedRequest } from './drop-log.js';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
import { RemoteBroker } from './remote-broker.js';
import { type ReplyTarget, type RequestContent, readMqttRequest } from './request-reader.js';
import { readRequestTopic, Topics } from './topics.js';

export interface MqttServerOptions
  extends Pick<EmbeddedBrokerOptions, 'host' | 'port' | keyof PeerLimits>,
    Partial<typeof defaults> {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  readonly topicPrefix: string;
  readonly payloadBytes: number;
  /** External broker, in place of the embedded one: `mqtt://user:password@host:1883`. */
  readonly url?: string | undefined;
}

const defaults = {
  /** Running at once; more requests wait unread. */
  maxConcurrentCalls: 1_000,
  maxConnections: 1_000,
  drainTimeoutMs: 5_000,
};

/** Up to this size a payload that is too large is refused; beyond it the connection is closed. */
const packetBytes = (payloadBytes: number): number => 4 * payloadBytes + 8_192;

interface Exchange {
  readonly peer: Peer;
  readonly replyTo: ReplyTarget | undefined;
}

export class MqttServer {
  readonly broker: Broker;
  readonly #payloadBytes: number;
  readonly #topics: Topics;
  readonly #procedures: Procedures;
  readonly #slots: CallSlots;
  readonly #drops = new DropLog();
  #draining = false;

  constructor(options: MqttServerOptions) {
    const { pipeline, operations, topicPrefix, payloadBytes, url } = options;
    const topics = new Topics(topicPrefix);
    const settings = { ...defaults, ...options, topics, drops: this.#drops, packetBytes: packetBytes(payloadBytes) };
    this.broker = url === undefined ? new EmbeddedBroker(settings) : new RemoteBroker({ ...settings, url });
    this.#payloadBytes = payloadBytes;
    this.#topics = topics;
    this.#procedures = new Procedures(pipeline, operations, ({ mqtt }) => `${topicPrefix}/${mqtt}`);
    this.#slots = new CallSlots(settings.maxConcurrentCalls);
  }

  listen(): Promise<void> {
    return this.broker.listen((message, peer, taken) =>
      this.#slots.run(() => {
        this.#receive(message, peer);
        taken();
      }),
    );
  }

  /** Resolves when the running requests are answered. */
  async close(): Promise<void> {
    await this.broker.pause();
    this.#draining = true;
    await this.#slots.idle();
    await this.broker.close();
  }

  #receive(message: IncomingMessage, peer: Peer): void {
    const { replyTo, content: read } = readMqttRequest(message, this.#payloadBytes);
    const content = peer.admit() ?? read;
    const topic = readRequestTopic(message.topic);
    const owner = replyTo && this.#topics.ownerOf(replyTo.topic);
    if (message.retain) this.#drop(retainedRequest, message, peer);
    else if (replyTo && !isOwn(owner, topic.sender, peer.clientId)) {
      this.#drop('a request whose reply topic is not its sender’s', message, peer, replyTo.topic);
    } else if (!(content instanceof Failure)) {
      this.#call(topic.procedure, { peer, replyTo }, content, peer.address ?? topic.sender ?? owner ?? 'mqtt');
    } else if (replyTo) this.#answer({ peer, replyTo }, errorMember(content));
    else this.#drop(`${content.code} without a topic for replies: ${content.message}`, message, peer);
  }

  #drop(reason: string, { topic }: IncomingMessage, { clientId }: Peer, replyTopic?: string): void {
    this.#drops.add(reason, { topic, client: clientId, 'reply topic': replyTopic });
    this.#slots.release();
  }

  #call(name: string, exchange: Exchange, { fields, params }: RequestContent, address: string): void {
    if (this.#draining) {
      this.#answer(exchange, errorMember(stopping()));
      return;
    }
    const { peer, replyTo } = exchange;
    // without a reply topic, the call goes on when its sender disconnects
    const inbound = { protocol: 'mqtt', address, ...fields, connection: replyTo && peer.connection } as const;
    this.#procedures.call(inbound, { name, params, isAnswered: replyTo !== undefined }, (member, operation) =>
      this.#answer(exchange, member, operation?.spec.qos),
    );
  }

  #answer(exchange: Exchange, member: string, qos?: 0 | 1): void {
    if (!send(exchange, member, qos)) {
      send(exchange, errorMember(new PayloadTooLarge({ detail: 'The answer is too long for the broker' })), qos);
    }
    this.#slots.release();
  }
}

function send({ peer, replyTo }: Exchange, member: string, qos: 0 | 1 = 1): boolean {
  if (!replyTo) return true;
  const { topic, head, correlationData } = replyTo;
  return peer.send({ topic, payload: `${head}${member}}`, qos, correlationData });
}

const isOwn = (owner: string | undefined, sender = owner, clientId = owner): boolean =>
  owner !== undefined && sender === owner && clientId === owner;
