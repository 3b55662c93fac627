import type { Role } from '../domain/account.js';

export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
}

export abstract class AccessTokens {
  abstract readonly lifetimeSeconds: number;
  abstract issue(subject: AccessTokenSubject): Promise<{ readonly token: string; readonly expiresAt: Date }>;
}
