export abstract class PasswordPolicy {
  /** Why the password is refused, or undefined: completes a sentence. */
  abstract problem(password: string): string | undefined;
}
