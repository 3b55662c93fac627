import type { DocumentLimits } from './document-limits.js';

export interface GraphqlLimits extends DocumentLimits {
  readonly characters: number;
  readonly tokens: number;
  readonly batch: number;
  readonly operationsPerSocket: number;
  /** Cached queries, and as many refused ones. */
  readonly cachedQueries: number;
  /** Total of the cached queries, which take up to 250 bytes of memory per character. */
  readonly cachedCharacters: number;
}

/** Most values are those of graphql-armor. */
export const defaultLimits: GraphqlLimits = {
  depth: 6,
  aliases: 15,
  directives: 50,
  cost: 5_000,
  repetitions: 100,
  characters: 15_000,
  tokens: 1_000,
  batch: 10,
  operationsPerSocket: 100,
  cachedQueries: 256,
  cachedCharacters: 200_000,
};
