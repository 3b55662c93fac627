import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered like a missing route. */
    readonly isRefused?: boolean;
  }
}

interface Route {
  readonly path: string;
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Methods of each path, of its most specific route: `/users/me` before `/users/:id`. */
export class RouteTable {
  readonly allMethods: string[] = [];
  readonly #routes = new Map<string, Route>();

  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      // `*` is the preflight of CORS
      if (url !== '*' && !config?.isRefused) this.#add([method].flat(), url);
    });
  }

  methods(path: string): string[] {
    const matching = this.#matching(path);
    const nearest = matching.find((route) => matching.every(({ pattern }) => pattern.test(route.path)));
    return [...(nearest?.methods ?? [])];
  }

  /** For the routes so far: `DELETE /users/me` must not delete the user `me`. */
  refuseOtherMethods(): void {
    for (const { path, methods } of this.#routes.values()) {
      const others = new Set(this.#matching(path).flatMap((route) => [...route.methods])).difference(methods);
      others.delete('HEAD'); // Fastify adds it to GET
      if (others.size > 0) this.fastify.route({ ...refused, url: path, method: [...others] as HTTPMethods[] });
    }
  }

  #add(methods: readonly string[], path: string): void {
    const source = `^${path.replaceAll(/:\w+|[.*]/g, patternOf)}$`;
    const route = this.#routes.get(source) ?? { path, pattern: new RegExp(source), methods: new Set() };
    this.#routes.set(source, route);
    for (const method of methods) {
      route.methods.add(method);
      if (!this.allMethods.includes(method)) this.allMethods.push(method);
    }
  }

  #matching(path: string): Route[] {
    return [...this.#routes.values()].filter(({ pattern }) => pattern.test(path));
  }
}

const refused = {
  config: { isRefused: true },
  onRequest: (_request: FastifyRequest, reply: FastifyReply) => reply.callNotFound(),
  handler: async () => undefined,
};

function patternOf(part: string): string {
  if (part === '.') return '\\.';
  return part === '*' ? '.*' : '[^/]+';
}
