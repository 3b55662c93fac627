import { connectAsync, type IClientPublishOptions } from 'mqtt';
import { expect } from 'vitest';
import { breakText } from './broken-text.js';
import type { Answer, Call } from './driver.js';
import { JsonRpcDriver } from './json-rpc.js';
import { callFields, jsonRpcAnswer, type Reply } from './json-rpc-answers.js';
import { toSnake } from './names.js';

interface Request {
  readonly payload: string | Buffer;
  readonly options: IClientPublishOptions;
}

type Received = Reply & { readonly correlation_id?: unknown };

type Receive = (payload: Buffer, correlationData: Buffer | undefined) => void;

/** A client that is connected and subscribed. */
export interface MqttWire {
  publish(topic: string, payload: string | Buffer, options: IClientPublishOptions): Promise<unknown>;
  end(): Promise<void>;
}

export interface MqttDriverOptions {
  readonly topicPrefix: string;
  readonly version: 4 | 5;
  /** Whether requests name their sender. */
  readonly namesItself?: boolean;
  readonly open: (clientId: string, replyTo: string, receive: Receive) => Promise<MqttWire>;
}

/** MQTT, written down to the payloads of both versions. */
export class MqttDriver extends JsonRpcDriver {
  readonly #clientId = `driver-${crypto.randomUUID()}`;
  readonly #replyTo: string;
  readonly #waiting = new Map<string, (reply: Received) => void>();
  #opening: Promise<MqttWire> | undefined;
  #id = 0;

  constructor(private readonly options: MqttDriverOptions) {
    super();
    this.#replyTo = `${options.topicPrefix}/clients/${this.#clientId}/replies`;
  }

  override async expectMalformed(call: Call): Promise<void> {
    const { error } = await this.#exchange(call, (id) => ({ ...this.#request(call, {}, id), payload: '{"email":' }));
    expect(error).toMatchObject({ code: -32700, data: { code: 'MALFORMED_REQUEST' } });
  }

  /** An envelope of 3.1.1 that does not parse has no topic for an answer: it is dropped. */
  override async expectBrokenText(call: Call): Promise<void> {
    const broken = (id: string): Request => {
      const { payload, options } = this.#request(call, toSnake(call.input) as object, id);
      return { payload: breakText(payload), options };
    };
    if (this.options.version === 4) {
      await this.#publish(call, broken('nobody waits'));
      return;
    }
    const { error } = await this.#exchange(call, broken);
    expect(error).toMatchObject({ code: -32700, data: { code: 'MALFORMED_REQUEST' } });
  }

  override async expectOversized(call: Call): Promise<void> {
    const { error } = await this.#exchange(call, (id) => this.#request(call, { nonsense: 'x'.repeat(65_536) }, id));
    expect(error).toMatchObject({ code: -32602, data: { code: 'PAYLOAD_TOO_LARGE' } });
  }

  override async close(): Promise<void> {
    const wire = await this.#opening;
    await wire?.end();
  }

  protected override async answer(call: Call, params: object): Promise<Answer> {
    return jsonRpcAnswer(call, await this.#exchange(call, (id) => this.#request(call, params, id)));
  }

  async #exchange(call: Call, write: (id: string) => Request): Promise<Received> {
    this.#id += 1;
    const id = `call-${this.#id}`;
    const { promise, resolve } = Promise.withResolvers<Received>();
    this.#waiting.set(id, resolve);
    await this.#publish(call, write(id));
    return promise;
  }

  async #publish({ operation }: Call, { payload, options }: Request): Promise<void> {
    const { topicPrefix, namesItself, open } = this.options;
    this.#opening ??= open(this.#clientId, this.#replyTo, this.#receive);
    const wire = await this.#opening;
    const sender = namesItself ? `/from/${this.#clientId}` : '';
    await wire.publish(`${topicPrefix}/${operation.wire.mqtt}${sender}`, payload, options);
  }

  #request(call: Call, params: object, id: string): Request {
    const authorization = call.token === undefined ? {} : { authorization: `Bearer ${call.token}` };
    if (this.options.version === 4) {
      const envelope = { reply_to: this.#replyTo, correlation_id: id, ...authorization, ...callFields(call), params };
      return { payload: JSON.stringify(envelope), options: { qos: 1 } };
    }
    const fields = Object.entries(callFields(call)).map(([name, value]) => [name.replaceAll('_', '-'), String(value)]);
    const userProperties = { ...authorization, ...Object.fromEntries(fields) };
    const properties = {
      responseTopic: this.#replyTo,
      correlationData: Buffer.from(id),
      // mqtt.js makes a broken packet of none
      ...(Object.keys(userProperties).length > 0 && { userProperties }),
    };
    return { payload: JSON.stringify(params), options: { qos: 1, properties } };
  }

  readonly #receive: Receive = (payload, correlationData) => {
    const reply = JSON.parse(payload.toString()) as Received;
    const id = String(this.options.version === 5 ? correlationData : reply.correlation_id);
    this.#waiting.get(id)?.(reply);
    this.#waiting.delete(id);
  };
}

/** With mqtt.js. */
export const mqttJs = (url: string, version: 4 | 5): MqttDriverOptions['open'] =>
  async function open(clientId, replyTo, receive) {
    const client = await connectAsync(url, { clientId, protocolVersion: version });
    client.on('message', (_topic, payload, { properties }) => receive(payload, properties?.correlationData));
    await client.subscribeAsync(replyTo, { qos: 1 });
    return {
      publish: (topic, payload, options) => client.publishAsync(topic, payload, options),
      end: () => client.endAsync(),
    };
  };
