export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>;
  /** `outdated`: to be hashed again, with the current costs. */
  abstract verify(password: string, hash: string): Promise<{ readonly valid: boolean; readonly outdated: boolean }>;
  /** Takes as long as `verify`, so that unknown addresses cannot be detected. */
  abstract verifyDummy(password: string): Promise<void>;
}
