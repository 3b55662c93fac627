import { type EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';
import { endpoint } from '../../platform/config/host.js';
import { opened } from '../listen-error.js';
import type { PeerLimits } from '../message-rate.js';
import { type Broker, closeTimeout, type Receive } from './broker.js';
import type { DropLog } from './drop-log.js';
import { accessHooks } from './embedded-access.js';
import { EmbeddedPeer } from './embedded-peer.js';
import { IncomingPackets } from './incoming-packets.js';
import { readInTurns } from './read-in-turns.js';
import type { Topics } from './topics.js';

export interface EmbeddedBrokerOptions extends PeerLimits {
  readonly topics: Topics;
  readonly host: string;
  readonly port: number;
  /** Without the fixed header. Longer packets close the connection. */
  readonly packetBytes: number;
  readonly maxConnections: number;
  /** Milliseconds until a client with a full socket must read. */
  readonly drainTimeoutMs: number;
  readonly drops: DropLog;
}

const connectTimeoutMs = 10_000;
const idleProbeMs = 60_000;
const maxHalfDoneQoS2 = 100;
/** Upper limit: Aedes never delivers duplicates of QoS 2, nor some messages of clients that have left. */
const maxTurns = 1_000;

export class EmbeddedBroker implements Broker {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<Client, EmbeddedPeer>();
  readonly #logger = new Logger('MQTT');
  #aedes: Aedes | undefined;
  #isClosing = false;
  /** Messages that Aedes may have acknowledged and not yet delivered. */
  #acknowledged = 0;

  constructor(private readonly options: EmbeddedBrokerOptions) {
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: idleProbeMs }, (socket) =>
      this.#accept(socket),
    );
    this.#server.maxConnections = options.maxConnections;
  }

  get address(): string | undefined {
    const bound = this.#server.address() as AddressInfo | null;
    return bound ? `mqtt://${endpoint(this.options.host, bound.port)}` : undefined;
  }

  async listen(receive: Receive): Promise<void> {
    this.#aedes = await this.#startAedes(receive);
    const { host, port } = this.options;
    const listening = once(this.#server.listen(port, host), 'listening');
    await opened(listening, 'MQTT', 'MQTT_PORT', endpoint(host, port));
    this.#server.on('error', (error) => this.#logger.warn(error.message));
  }

  async ready(): Promise<void> {
    if (!this.#server.listening) throw new Error('the MQTT broker does not listen');
  }

  async pause(): Promise<void> {
    this.#server.close();
  }

  /** Answers what was acknowledged, and delivers written replies. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (let turns = 0; this.#acknowledged > 0 && turns < maxTurns; turns++) await turn();
    // Aedes writes replies one turn later
    for (let turns = 0; turns < 2; turns++) await turn();
    await Promise.all([...this.#sockets].map(endSocket));
    const aedes = this.#aedes;
    if (aedes) await new Promise<void>((resolve) => aedes.close(resolve));
  }

  async #startAedes(receive: Receive): Promise<Aedes> {
    const aedes = await Aedes.createBroker({
      drainTimeout: this.options.drainTimeoutMs,
      connectTimeout: connectTimeoutMs,
      maxInflightInbound: maxHalfDoneQoS2,
      ...accessHooks({
        ...this.options,
        peerOf: (client) => this.#peerOf(client),
        accepted: () => this.#acknowledged++,
      }),
      published: (packet, client, taken) => this.#published(receive, packet, client, taken),
    });
    aedes.on('unsubscribe', (filters, client) => this.#peerOf(client).unsubscribe(filters));
    aedes.on('ping', (_packet, client) => this.#peerOf(client).admit());
    aedes.on('clientError', (client, error) => this.#logger.debug(`client ${client.id}: ${error.message}`));
    aedes.on('connectionError', (_client, error) => this.#logger.debug(error.message));
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: Error) => this.#logger.error(error.message, error.stack));
    return aedes;
  }

  #accept(socket: Socket): void {
    const { packetBytes, messageRate } = this.options;
    readInTurns(socket, new IncomingPackets(packetBytes, messageRate?.()), () => this.#isClosing);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#aedes?.handle(socket);
  }

  #published(receive: Receive, packet: AedesPublishPacket, client: Client | null, taken: () => void): void {
    const { topic, payload, retain } = packet;
    const done = () => {
      if (client) this.#acknowledged--;
      taken();
    };
    const isRequest = client && topic.startsWith(this.options.topics.requests);
    if (isRequest) receive({ topic, payload, retain }, this.#peerOf(client), done);
    else done();
  }

  #peerOf(client: Client): EmbeddedPeer {
    return this.#peers.getOrInsertComputed(client, this.#newPeer);
  }

  readonly #newPeer = (client: Client): EmbeddedPeer => new EmbeddedPeer(client, this.options);
}

async function endSocket(socket: Socket): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end();
  await Promise.race([closed, closeTimeout()]);
  socket.destroy();
}
