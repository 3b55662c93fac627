import { MessageRate, type Rate } from '../message-rate.js';

const continues = 0x80;
const maxLengthBytes = 4;
/** Types 4 to 7, from PUBACK to PUBCOMP. */
const isAcknowledgement = (type: number): boolean => type >= 4 && type <= 7;
/** SUBSCRIBE and UNSUBSCRIBE with as many filters as a client may have, and some more. */
const maxFilterBytes = 16 * 1024;
const hasFilters = (type: number): boolean => type === 8 || type === 10;

/** Follows the packets in a stream of MQTT bytes by their fixed headers: Aedes would collect one of 256 MiB. */
export class IncomingPackets {
  /** Bytes left of the packet's body. */
  #body = 0;
  #length = 0;
  #type = 0;
  /** Bytes of the length seen so far; undefined before the packet's first byte. */
  #lengthBytes: number | undefined;
  readonly #acknowledgements: MessageRate | undefined;

  /** `maxBytes`: after the fixed header. `rate`: of messages; a message has two acknowledgements at most. */
  constructor(
    private readonly maxBytes: number,
    rate: Rate | undefined,
  ) {
    this.#acknowledgements = rate && new MessageRate({ ...rate, quota: 2 * rate.quota });
  }

  /** Why the connection of `chunk` ends; undefined when it does not. */
  fault(chunk: Buffer): string | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const passed = Math.min(this.#body, chunk.length - at);
        this.#body -= passed;
        at += passed;
        continue;
      }
      const fault = this.#headerByte(chunk.readUInt8(at++));
      if (fault) return fault;
    }
    return undefined;
  }

  #headerByte(byte: number): string | undefined {
    if (this.#lengthBytes === undefined) {
      this.#type = byte >> 4;
      this.#lengthBytes = 0;
      this.#length = 0;
      return undefined;
    }
    this.#length += (byte & ~continues) << (7 * this.#lengthBytes++);
    if (byte & continues) return this.#lengthBytes < maxLengthBytes ? undefined : 'Malformed length';
    this.#lengthBytes = undefined;
    this.#body = this.#length;
    return this.#packetFault();
  }

  #packetFault(): string | undefined {
    const type = this.#type;
    if (this.#length > (hasFilters(type) ? maxFilterBytes : this.maxBytes)) return 'Packet too large';
    const rate = isAcknowledgement(type) ? this.#acknowledgements : undefined;
    if (!rate) return undefined;
    rate.admit();
    return rate.abused ? 'Too many acknowledgements' : undefined;
  }
}
