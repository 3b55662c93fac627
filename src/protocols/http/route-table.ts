import type { FastifyInstance } from 'fastify';

/** Which methods a path has, for the answer to a wrong one. */
export class RouteTable {
  /** Each once; grows with the routes. */
  readonly allMethods: string[] = [];
  readonly #routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  /** Of every route that is added from now on. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.#add(one, url);
    });
  }

  /** Each once. */
  methods(path: string): string[] {
    return [...new Set(this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }

  /** `path` as Fastify spells it: `/users/:id`. */
  #add(method: string, path: string): void {
    // the preflight of CORS
    if (path === '*') return;
    if (!this.allMethods.includes(method)) this.allMethods.push(method);
    this.#routes.push({ method, pattern: new RegExp(`^${path.replaceAll(/:\w+|[.*]/g, patternOf)}$`) });
  }
}

function patternOf(part: string): string {
  if (part === '.') return '\\.';
  return part === '*' ? '.*' : '[^/]+';
}
