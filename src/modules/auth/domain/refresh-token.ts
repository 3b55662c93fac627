import { Id } from '../../../contract/values.js';

export interface RefreshToken {
  readonly sessionId: string;
  readonly secret: string;
}

/** So many characters begin all secrets of a session, and so many the digests of them: 192 bits, base64url. */
export const SHARED_LENGTH = 32;

/** What all secrets of a session have in common, or the digests of them. */
export const sharedPart = (text: string): string => text.slice(0, SHARED_LENGTH);

/** `<session id>.<secret>` */
export const formatRefreshToken = ({ sessionId, secret }: RefreshToken): string => `${sessionId}.${secret}`;

/** Undefined for anything that was not made here. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const [sessionId = '', secret = '', ...rest] = token.split('.');
  const isOurs = Id.safeParse(sessionId).success && secret !== '' && rest.length === 0;
  return isOurs ? { sessionId, secret } : undefined;
}
