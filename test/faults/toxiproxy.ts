const url = process.env.TOXIPROXY_URL ?? '';

export const hasToxiproxy = url !== '';

interface Toxic {
  readonly type: 'latency' | 'timeout' | 'bandwidth';
  readonly attributes: Readonly<Record<string, number>>;
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`toxiproxy: ${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** A wire through toxiproxy. */
export class Wire {
  private constructor(
    private readonly name: string,
    /** `127.0.0.1:<port>` */
    readonly address: string,
  ) {}

  static async to(upstream: string): Promise<Wire> {
    const name = `faults-${crypto.randomUUID()}`;
    const made = await ask('POST', '/proxies', { name, upstream, listen: '127.0.0.1:0', enabled: true });
    return new Wire(name, (made as { readonly listen: string }).listen);
  }

  /** Every answer comes so much later. */
  slow(ms: number): Promise<void> {
    return this.#poison({ type: 'latency', attributes: { latency: ms } });
  }

  /** Drops all packets silently. Connections of that time are lost. */
  async silence(): Promise<void> {
    const silent: Toxic = { type: 'timeout', attributes: { timeout: 0 } };
    await Promise.all([this.#poison(silent), this.#poison(silent, 'upstream')]);
  }

  /** Connections break, new ones are refused. */
  async cut(): Promise<void> {
    await ask('POST', `/proxies/${this.name}`, { enabled: false });
  }

  async heal(): Promise<void> {
    const toxics = (await ask('GET', `/proxies/${this.name}/toxics`)) as readonly { readonly name: string }[];
    await Promise.all(toxics.map(({ name }) => ask('DELETE', `/proxies/${this.name}/toxics/${name}`)));
    await ask('POST', `/proxies/${this.name}`, { enabled: true });
  }

  async remove(): Promise<void> {
    await ask('DELETE', `/proxies/${this.name}`);
  }

  async #poison(toxic: Toxic, stream = 'downstream'): Promise<void> {
    await ask('POST', `/proxies/${this.name}/toxics`, { ...toxic, stream });
  }
}
