import { Email, normalizeEmail } from '../../../contract/values.js';

/** What an account signs in with. Normalized, so that two spellings of one address are equal. */
export class EmailAddress {
  private constructor(readonly value: string) {}

  /** Throws what zod throws when it is no email address. */
  static of(spelled: string): EmailAddress {
    return new EmailAddress(Email.parse(normalizeEmail(spelled)));
  }

  /** Of one that was made here before. */
  static stored(value: string): EmailAddress {
    return new EmailAddress(value);
  }

  /** Stands in for an address that an account has given away. No address has this form. */
  static released(userId: string): EmailAddress {
    return new EmailAddress(`closed:${userId}`);
  }

  equals(other: EmailAddress): boolean {
    return this.value === other.value;
  }
}
