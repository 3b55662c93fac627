import { LRUCache } from 'lru-cache';

/** What verified tokens say, until they expire; the least recently used go first. */
export class VerifiedTokenCache<Claims extends { readonly exp: number }> {
  readonly #claims: LRUCache<string, Claims>;

  /** `now`: epoch milliseconds. */
  constructor(
    capacity: number,
    private readonly now: () => number,
  ) {
    this.#claims = new LRUCache({ max: capacity });
  }

  get(token: string): Claims | undefined {
    const claims = this.#claims.get(token);
    if (claims === undefined || claims.exp * 1000 > this.now()) return claims;
    this.#claims.delete(token);
    return undefined;
  }

  /** The claims to use from now on: the same object for a token, however many verified it at once. */
  keep(token: string, claims: Claims): Claims {
    const known = this.get(token);
    if (known !== undefined) return known;
    this.#claims.set(token, claims);
    return claims;
  }
}
