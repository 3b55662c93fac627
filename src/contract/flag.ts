export interface Flag {
  /** `new-search`: its name in FEATURE_FLAGS and in Consul. */
  readonly key: string;
  readonly fallback: boolean;
}

const declared = new Map<string, Flag>();

export function flag(key: string, { fallback = false }: { readonly fallback?: boolean } = {}): Flag {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(key)) throw new TypeError(`flag "${key}" is not kebab-case`);
  const known = declared.get(key);
  if (known && known.fallback !== fallback) throw new TypeError(`flag "${key}" is declared with two fallbacks`);
  const flag = known ?? { key, fallback };
  declared.set(key, flag);
  return flag;
}

export const declaredFlags = (): readonly Flag[] => [...declared.values()];
