/** Longer texts rarely repeat, and would fill the memory. */
const maxLength = 64;

/** For a pure `read`. Clears the cache at `size` results. */
export function memoized<T>(size: number, read: (text: string) => T): (text: string) => T {
  const results = new Map<string, T>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined || text.length > maxLength) return known ?? read(text);
    const result = read(text);
    if (results.size >= size) results.clear();
    results.set(text, result);
    return result;
  };
}
