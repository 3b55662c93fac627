/** Filled in by `envsubst`. */
export const placeholder = (name: string): string => `\${${name}}`;
