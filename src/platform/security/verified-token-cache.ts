/** Claims until they expire, in two generations: cheaper than a list in order of use. */
export class VerifiedTokenCache<Claims extends { readonly exp: number }> {
  readonly #generation: number;
  #young = new Map<string, Claims>();
  #old = new Map<string, Claims>();

  constructor(
    capacity: number,
    private readonly now: () => number,
  ) {
    this.#generation = Math.ceil(capacity / 2);
  }

  get(token: string): Claims | undefined {
    const claims = this.#young.get(token) ?? this.#fromOld(token);
    return claims !== undefined && claims.exp * 1000 > this.now() ? claims : undefined;
  }

  /** Returns the claims to use: one object per token, however many calls verified it at once. */
  keep(token: string, claims: Claims): Claims {
    const known = this.get(token);
    if (known !== undefined) return known;
    this.#add(token, claims);
    return claims;
  }

  #fromOld(token: string): Claims | undefined {
    const claims = this.#old.get(token);
    if (claims !== undefined) this.#add(token, claims);
    return claims;
  }

  #add(token: string, claims: Claims): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(token, claims);
  }
}
