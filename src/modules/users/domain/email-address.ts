import { Email, normalizeEmail } from '../../../contract/values.js';

/** Normalized: two spellings of one address are equal. */
export class EmailAddress {
  private constructor(readonly value: string) {}

  static of(spelled: string): EmailAddress {
    return new EmailAddress(Email.parse(normalizeEmail(spelled)));
  }

  static stored(value: string): EmailAddress {
    return new EmailAddress(value);
  }

  equals(other: EmailAddress): boolean {
    return this.value === other.value;
  }
}
