import type { z } from 'zod';

export interface Variable {
  readonly schema: z.ZodType;
  /** What it is for: the comment in .env.example. */
  readonly about: string;
  /** What to do about a wrong or missing value; completes `Set it to …`. */
  readonly expected: string;
  /** The text that stands where the variable is not set. */
  readonly default?: string;
  /** The value never appears in a message. URLs count: they carry passwords. */
  readonly secret?: true;
}
