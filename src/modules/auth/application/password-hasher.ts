export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>;
  /** `outdated`: the password should be hashed anew. */
  abstract verify(password: string, hash: string): Promise<{ readonly valid: boolean; readonly outdated: boolean }>;
  /** Costs what `verify` costs. */
  abstract verifyDummy(password: string): Promise<void>;
}
