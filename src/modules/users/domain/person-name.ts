const MAX_LENGTH = 200;

/** What a person wants to be called: without blanks around it, and composed, so that a search finds it. */
export class PersonName {
  private constructor(readonly value: string) {}

  /** Throws RangeError for nothing but blanks and for more than 200 characters. */
  static of(given: string): PersonName {
    const value = given.trim().normalize('NFC');
    if (value === '' || given.length > MAX_LENGTH) throw new RangeError(`a name has 1 to ${MAX_LENGTH} characters`);
    return new PersonName(value);
  }

  /** Of one that was made with `of` before. */
  static stored(value: string): PersonName {
    return new PersonName(value);
  }

  equals(other: PersonName | undefined): boolean {
    return this.value === other?.value;
  }
}
