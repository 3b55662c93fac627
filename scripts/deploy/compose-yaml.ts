import { Scalar, type ScalarTag, stringify } from 'yaml';
import { notice } from './target.js';

class Reset {
  /** `empty`: of the type that the schema asks for. */
  constructor(readonly empty: 'null' | '[]' | '{}') {}
}

/** In an override: what the file before it says is gone. */
export const no = { value: new Reset('null'), list: new Reset('[]'), object: new Reset('{}') };

const resetTag: ScalarTag = {
  tag: '!reset',
  identify: (value) => value instanceof Reset,
  resolve: () => no.value,
  stringify: ({ value }) => (value as Reset).empty,
};

/** For ports: YAML 1.1 reads `22:22` as a number to the base of 60. */
export function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** Compose reads YAML 1.1, in which `no` is no string. */
const format = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

/** `about`: lines of comment at the top. */
export function composeFile(about: readonly string[], content: object): string {
  const comment = [notice, ...about].map((line) => `# ${line}\n`).join('');
  return `${comment}${stringify(content, { ...format, customTags: [resetTag] })}`;
}

const firstKeys = [
  'image',
  'build',
  'depends_on',
  'secrets',
  'environment',
  'ports',
  'command',
  'restart',
  'healthcheck',
  'logging',
];

/** As dclint wants the keys of a service: these, then the others by name. */
export function inOrder(service: object): object {
  const place = (key: string) => firstKeys.indexOf(key) + 1 || firstKeys.length + 1;
  return Object.fromEntries(
    Object.entries(service).sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b, 'en')),
  );
}
