import { Id } from '../../../contract/values.js';

export interface RefreshToken {
  readonly sessionId: string;
  readonly secret: string;
}

/** Length of the part that all secrets of a session share, and of its hash: 192 bits, base64url. */
export const SHARED_LENGTH = 32;

export const sharedPart = (text: string): string => text.slice(0, SHARED_LENGTH);

export const formatRefreshToken = ({ sessionId, secret }: RefreshToken): string => `${sessionId}.${secret}`;

export function parseRefreshToken(token: string): RefreshToken | undefined {
  const [sessionId = '', secret = '', ...rest] = token.split('.');
  const isOurs = Id.safeParse(sessionId).success && secret !== '' && rest.length === 0;
  return isOurs ? { sessionId, secret } : undefined;
}
