/** Longer texts do not repeat, and would fill the memory. */
const maxLength = 64;

/** Memoizes a pure `read`; forgets all results when there are `size` of them. */
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
