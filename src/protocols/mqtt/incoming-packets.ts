import type { Rate } from '../../ports/rate-limiter.js';
import { MessageRate } from '../message-rate.js';

const continues = 0x80;
const maxLengthBytes = 4;
const isAcknowledgement = (type: number): boolean => type >= 4 && type <= 7;
/** Of SUBSCRIBE and UNSUBSCRIBE, which list filters. */
const maxFilterBytes = 16 * 1024;
const hasFilters = (type: number): boolean => type === 8 || type === 10;

/** Reads fixed headers only: Aedes would buffer a packet of up to 256 MiB. */
export class IncomingPackets {
  #begun = 0;
  #type = 0;
  /** Of the length field so far; undefined outside of it. */
  #lengthBytes: number | undefined;
  #bodyBytesLeft = 0;
  protocolError: string | undefined;
  readonly #acknowledgements: MessageRate;

  /** `maxBytes`: without the fixed header. `rate`: of messages, each with two acknowledgements at most. */
  constructor(
    private readonly maxBytes: number,
    rate: Rate | undefined,
  ) {
    this.#acknowledgements = new MessageRate(rate && { ...rate, quota: 2 * rate.quota });
  }

  /** Bytes of `chunk` that belong to the current packet and the next `count`. */
  take(chunk: Buffer, count: number): number {
    const last = this.#begun + count;
    let at = 0;
    while (at < chunk.length && this.protocolError === undefined) {
      if (this.#lengthBytes !== undefined) this.#addToLength(chunk.readUInt8(at++), this.#lengthBytes);
      else if (this.#bodyBytesLeft > 0) {
        const passed = Math.min(this.#bodyBytesLeft, chunk.length - at);
        this.#bodyBytesLeft -= passed;
        at += passed;
      } else if (this.#begun === last) break;
      else this.#begin(chunk.readUInt8(at++));
    }
    return at;
  }

  #begin(byte: number): void {
    this.#begun++;
    this.#type = byte >> 4;
    this.#lengthBytes = 0;
  }

  #addToLength(byte: number, place: number): void {
    this.#bodyBytesLeft += (byte & ~continues) << (7 * place);
    this.#lengthBytes = byte & continues ? place + 1 : undefined;
    if (this.#lengthBytes === undefined) this.#checkBody();
    else if (this.#lengthBytes === maxLengthBytes) this.protocolError = 'Malformed length';
  }

  #checkBody(): void {
    if (this.#bodyBytesLeft > (hasFilters(this.#type) ? maxFilterBytes : this.maxBytes))
      this.protocolError = 'Packet too large';
    if (!isAcknowledgement(this.#type)) return;
    this.#acknowledgements.admit();
    if (this.#acknowledgements.isAbused) this.protocolError = 'Too many acknowledgements';
  }
}
