import { Email, normalizeEmail } from '../../../contract/values.js';

/** Normalized, so that two spellings of one address are equal. */
export class EmailAddress {
  private constructor(readonly value: string) {}

  /** Throws what zod throws when it is no email address. */
  static of(spelled: string): EmailAddress {
    return new EmailAddress(Email.parse(normalizeEmail(spelled)));
  }

  /** Of one that was made with `of` before. */
  static stored(value: string): EmailAddress {
    return new EmailAddress(value);
  }

  equals(other: EmailAddress): boolean {
    return this.value === other.value;
  }
}
