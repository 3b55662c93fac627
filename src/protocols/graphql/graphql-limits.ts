import type { DocumentLimits } from './document-limits.js';

/** What one caller may ask for at most. */
export interface GraphqlLimits extends DocumentLimits {
  /** Of a query. */
  readonly characters: number;
  /** Of a query. */
  readonly tokens: number;
  /** Operations in one HTTP request. */
  readonly batch: number;
  /** Operations that run at once on one WebSocket. */
  readonly operationsPerSocket: number;
  /** Queries kept parsed, validated and compiled; those refused are kept apart, as many. */
  readonly cachedQueries: number;
  /** Of the queries kept parsed, which take up to 250 bytes a character. */
  readonly cachedCharacters: number;
}

/** Of a query, those of graphql-armor but for repetitions. */
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
