import { Name, normalizeName } from '../../../contract/values.js';

/** What a person wants to be called, normalized. */
export class PersonName {
  private constructor(readonly value: string) {}

  /** Throws what zod throws when it is no name. */
  static of(spelled: string): PersonName {
    return new PersonName(Name.parse(normalizeName(spelled)));
  }

  /** Of one that was made with `of` before. */
  static stored(value: string): PersonName {
    return new PersonName(value);
  }

  equals(other: PersonName | undefined): boolean {
    return this.value === other?.value;
  }
}
