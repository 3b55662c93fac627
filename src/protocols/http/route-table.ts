/** Which methods a path has, for the answer to a wrong one. */
export class RouteTable {
  readonly #routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  /** `path` as Fastify spells it: `/users/:id`. Fastify answers HEAD wherever it answers GET. */
  add(method: string, path: string): void {
    const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`);
    this.#routes.push({ method, pattern });
    if (method === 'GET') this.#routes.push({ method: 'HEAD', pattern });
  }

  /** Each once. */
  methods(path: string): string[] {
    return [...new Set(this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }
}
