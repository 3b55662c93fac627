/** Which methods a path has, for the answer to a wrong one. */
export class RouteTable {
  readonly #routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  /** `path` as Fastify spells it: `/users/:id`. */
  add(method: string, path: string): void {
    this.#routes.push({ method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}/?$`) });
  }

  methods(path: string): string[] {
    return this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  }
}
