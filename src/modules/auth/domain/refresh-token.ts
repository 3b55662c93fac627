import { Id } from '../../../contract/values.js';

export interface RefreshToken {
  readonly sessionId: string;
  readonly secret: string;
}

/** `<session id>.<secret>` */
export const formatRefreshToken = ({ sessionId, secret }: RefreshToken): string => `${sessionId}.${secret}`;

/** Undefined for anything that was not made here. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const [sessionId = '', secret = '', ...rest] = token.split('.');
  const isOurs = Id.safeParse(sessionId).success && secret !== '' && rest.length === 0;
  return isOurs ? { sessionId, secret } : undefined;
}
