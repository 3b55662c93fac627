import { Name, normalizeName } from '../../../contract/values.js';

export class PersonName {
  private constructor(readonly value: string) {}

  static of(spelled: string): PersonName {
    return new PersonName(Name.parse(normalizeName(spelled)));
  }

  static stored(value: string): PersonName {
    return new PersonName(value);
  }

  equals(other: PersonName | undefined): boolean {
    return this.value === other?.value;
  }
}
