interface Credential {
  readonly authorization: string | undefined;
}

/** The latest credentials that were not refused. Several verifications may run at once. */
export class Credentials {
  /** The last accepted ones, and later ones that are not verified yet. */
  #given: Credential[];

  constructor(authorization: string | undefined) {
    this.#given = [{ authorization }];
  }

  get authorization(): string | undefined {
    return this.#given.at(-1)?.authorization;
  }

  /** Used at once; no longer when `verification` rejects, with its error. */
  async replace(authorization: string, verification: Promise<void>): Promise<void> {
    const credential = { authorization };
    this.#given.push(credential);
    try {
      await verification;
      this.#given.splice(0, this.#given.indexOf(credential));
    } catch (error) {
      this.#given = this.#given.filter((given) => given !== credential);
      throw error;
    }
  }
}
