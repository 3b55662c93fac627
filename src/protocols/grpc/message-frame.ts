/** One byte that says whether the message is compressed, four with its length. */
const prefixBytes = 5;

export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, prefixBytes);
  return frame;
}

/** Undefined when there is more or less than one message, or a compressed one: no encoding is offered. */
export function messageIn(pieces: readonly Buffer[]): Buffer | undefined {
  const frame = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  const isWhole = frame.length >= prefixBytes && frame.readUInt32BE(1) === frame.length - prefixBytes;
  return isWhole && frame[0] === 0 ? frame.subarray(prefixBytes) : undefined;
}
