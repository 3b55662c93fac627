const types = { connect: 0x10, publish: 0x30, subscribe: 0x82, ping: 0xc0 } as const;
const cleanSession = 0x02;

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

export const connect = (clientId: string): Buffer =>
  packet(types.connect, text('MQTT'), Buffer.from([4, cleanSession, 0, 60]), text(clientId));

/** QoS 0. */
export const publish = (topic: string, payload: string): Buffer =>
  packet(types.publish, text(topic), Buffer.from(payload));

export const subscribe = (id: number, topic: string): Buffer =>
  packet(types.subscribe, Buffer.from([id >> 8, id & 0xff]), text(topic), Buffer.from([0]));

export const ping = packet(types.ping);
