const continues = 0x80;
const maxLengthBytes = 4;

/** Follows the packets in a stream of MQTT bytes by their fixed headers: Aedes would collect one of 256 MiB. */
export class PacketSizes {
  /** Bytes left of the packet's body. */
  #body = 0;
  #length = 0;
  /** Bytes of the length seen so far; undefined before the packet's first byte. */
  #lengthBytes: number | undefined;

  /** `limit`: bytes after the fixed header. */
  constructor(private readonly limit: number) {}

  /** False for a chunk in which a packet begins that is longer than the limit or has no valid length. */
  admits(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const passed = Math.min(this.#body, chunk.length - at);
        this.#body -= passed;
        at += passed;
      } else if (!this.#headerByte(chunk.readUInt8(at++))) return false;
    }
    return true;
  }

  #headerByte(byte: number): boolean {
    if (this.#lengthBytes === undefined) {
      this.#lengthBytes = 0;
      this.#length = 0;
      return true;
    }
    this.#length += (byte & ~continues) << (7 * this.#lengthBytes++);
    if (byte & continues) return this.#lengthBytes < maxLengthBytes;
    this.#lengthBytes = undefined;
    this.#body = this.#length;
    return this.#length <= this.limit;
  }
}
