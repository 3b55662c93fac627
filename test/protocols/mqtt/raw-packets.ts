/** Packets of MQTT 3.1.1, for a client that keeps to no protocol. */

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function remainingLength(length: number): number[] {
  return length < 128 ? [length] : [(length % 128) + 128, ...remainingLength(Math.floor(length / 128))];
}

const packet = (first: number, ...body: readonly Buffer[]): Buffer => {
  const joined = Buffer.concat(body);
  return Buffer.concat([Buffer.from([first, ...remainingLength(joined.length)]), joined]);
};

const anyId = uint16(1);

export const connectPacket = (clientId: string, { clean = true, level = 4, keepAlive = 60 } = {}): Buffer =>
  packet(0x10, field('MQTT'), Buffer.from([level, clean ? 2 : 0]), uint16(keepAlive), field(clientId));

/** At QoS 0. */
export const publishPacket = (topic: string, payload = ''): Buffer => packet(0x30, field(topic), Buffer.from(payload));

export const subscribePacket = (...filters: readonly string[]): Buffer =>
  packet(0x82, anyId, ...filters.flatMap((filter) => [field(filter), Buffer.from([0])]));

export const unsubscribePacket = (...filters: readonly string[]): Buffer => packet(0xa2, anyId, ...filters.map(field));

export const pingPacket = packet(0xc0);
export const pubackPacket = packet(0x40, anyId);
export const pubrecPacket = packet(0x50, anyId);
export const pubrelPacket = packet(0x62, anyId);
export const pubcompPacket = packet(0x70, anyId);

export const repeated = (bytes: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));
