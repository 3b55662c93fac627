/** Most values are those of graphql-armor. Fragments count at each spread. */
export const defaultLimits = {
  /** Introspection other than `__typename` has neither depth nor cost. */
  depth: 6,
  aliases: 15,
  directives: 50,
  /** A leaf field costs 1, another one 2 + 1.5 times its fields. */
  cost: 5_000,
  /** Fields of one name with subfields: validation compares each pair of them. */
  repetitions: 100,
  characters: 15_000,
  tokens: 1_000,
  batch: 10,
  operationsPerSocket: 100,
  /** Cached queries, and as many refused ones. */
  cachedQueries: 256,
  /** Total of the cached queries, which take up to 250 bytes of memory per character. */
  cachedCharacters: 200_000,
};

export type GraphqlLimits = Readonly<typeof defaultLimits>;
