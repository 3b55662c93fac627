import { connectAsync, type MqttClient } from 'mqtt';
import type { Person, Somebody } from './callers.js';
import type { Step } from './steady-load.js';
import { clientTimeoutMs } from './topology.js';

interface Reply {
  readonly correlation_id: string;
  readonly result?: Somebody;
  readonly error?: { readonly message: string };
}

interface Connection {
  readonly client: MqttClient;
  readonly replies: string;
}

const isStopping = ({ error }: Reply): boolean => error?.message === 'This process is stopping';

/**
 * Speaks MQTT 3.1.1, in which a broker cannot announce its end. Goes to the next one when a reply says that its own is stopping, or
 * when that closes before it has acknowledged a request: neither was run, so it asks there again.
 */
export class MovingMqttClient {
  #connection: Connection | undefined;
  #at = 0;
  #id = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {}

  async send(operation: string, params: object): Promise<Reply> {
    const id = `${++this.#id}`;
    for (;;) {
      const connection = this.#connection?.client.connected ? this.#connection : await this.#connect();
      const message = {
        correlation_id: id,
        reply_to: connection.replies,
        authorization: `Bearer ${this.token}`,
        params,
      };
      const reply = await replyTo(connection.client, `mstv/rpc/${operation}`, message);
      if (reply && !isStopping(reply)) return reply;
      await connection.client.endAsync(true);
    }
  }

  close(): void {
    this.#connection?.client.end(true);
  }

  async #connect(): Promise<Connection> {
    const clientId = `moving-${crypto.randomUUID()}`;
    const url = this.urls[this.#at % this.urls.length] ?? '';
    const client = await connectAsync(url, { clientId, protocolVersion: 4, reconnectPeriod: 0 });
    client.on('error', () => undefined);
    client.once('close', () => this.#at++);
    const replies = `mstv/clients/${clientId}/replies`;
    await client.subscribeAsync(replies, { qos: 1 });
    this.#connection = { client, replies };
    return this.#connection;
  }
}

/** Undefined when the connection ended and the request had not been acknowledged. */
function replyTo(
  client: MqttClient,
  topic: string,
  message: Pick<Reply, 'correlation_id'>,
): Promise<Reply | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply | undefined>();
  let isAcknowledged = false;
  const timer = setTimeout(() => reject(new Error('no answer')), clientTimeoutMs);
  const onMessage = (_topic: string, payload: Buffer) => {
    const reply = JSON.parse(payload.toString()) as Reply;
    if (reply.correlation_id === message.correlation_id) resolve(reply);
  };
  const onClose = () => (isAcknowledged ? reject(new Error('acknowledged and not answered')) : resolve(undefined));
  client.on('message', onMessage);
  client.once('close', onClose);
  client.publish(topic, JSON.stringify(message), { qos: 1 }, (error) => {
    isAcknowledged = !error;
  });
  return promise.finally(() => {
    clearTimeout(timer);
    client.off('message', onMessage);
    client.off('close', onClose);
  });
}

/** Somebody who asks over MQTT. */
export function mqttSteps(client: MovingMqttClient, person: Person): readonly Step[] {
  const ask = async (operation: string, params: object): Promise<Somebody> => {
    const { result, error } = await client.send(operation, params);
    if (!result) throw new Error(JSON.stringify(error));
    return result;
  };
  return [
    person.asks('users/get-me', () => ask('users/get-me', {})),
    person.renamesBy('users/update-user', (name) => ask('users/update-user', { id: person.id, name })),
  ];
}
