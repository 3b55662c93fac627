export abstract class PasswordPolicy {
  /** Why the password is refused, or undefined: completes a sentence. */
  abstract fault(password: string): string | undefined;
}
