/** Milliseconds that a caller is willing to wait, from JSON; undefined for what is no whole number from 1. */
export const timeoutOf = (given: unknown): number | undefined =>
  typeof given === 'number' && Number.isInteger(given) && given >= 1 ? given : undefined;

/** The same from text. */
export const timeoutIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? timeoutOf(Number(text)) : undefined;
