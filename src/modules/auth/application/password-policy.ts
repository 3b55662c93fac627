export abstract class PasswordPolicy {
  /** Why a new password is refused, as the end of a sentence about it. */
  abstract fault(password: string): string | undefined;
}
