import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { Authority, PemFolder } from './certificates.js';
import { supervised } from './child-processes.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const { CONSUL_PROGRAM = '' } = process.env;

/** Where a server can be started here: that of CONSUL_HOST has neither ACLs nor TLS. */
export const hasOwnConsul = CONSUL_PROGRAM !== '';

export interface ConsulToken {
  readonly secret: string;
  /** That of its rules. */
  readonly policy: { readonly ID: string; readonly Name: string };
}

/** A Consul server of one test, over HTTPS alone, that refuses whatever a token does not allow. */
export class OwnConsul {
  private constructor(
    readonly port: number,
    /** Of the authority of its certificate. */
    readonly caFile: string,
    private readonly authority: Authority,
    private readonly management: string,
    private readonly child: ChildProcess,
    private readonly remove: () => Promise<void>,
  ) {}

  static async start(): Promise<OwnConsul> {
    const [authority, pem] = [await Authority.create(), new PemFolder()];
    const { certFile: cert_file, keyFile: key_file } = pem.identity('consul', await authority.issue());
    const [folder, management] = [await mkdtemp(join(tmpdir(), 'consul-')), crypto.randomUUID()];
    const [https, server, serf_lan] = [await freePort(), await freePort(), await freePort()];
    const settings = {
      server: true,
      bootstrap_expect: 1,
      bind_addr: '127.0.0.1',
      client_addr: '127.0.0.1',
      data_dir: folder,
      ports: { http: -1, https, server, serf_lan, serf_wan: -1, dns: -1, grpc: -1, grpc_tls: -1 },
      tls: { https: { cert_file, key_file } },
      acl: { enabled: true, default_policy: 'deny', tokens: { initial_management: management, agent: management } },
      performance: { raft_multiplier: 1 },
      disable_update_check: true,
    };
    const file = join(folder, 'settings.json');
    await writeFile(file, JSON.stringify(settings));
    const child = supervised(spawn(CONSUL_PROGRAM, ['agent', '-config-file', file], { stdio: 'ignore' }));
    const consul = new OwnConsul(https, pem.write('ca.pem', authority.pem), authority, management, child, async () => {
      pem.remove();
      await rm(folder, { recursive: true, force: true });
    });
    await eventually(() => consul.newToken(''));
    return consul;
  }

  /** The variables of a process that shows `token`. */
  environment(token?: string): Readonly<Record<string, string>> {
    return {
      CONSUL_HOST: '127.0.0.1',
      CONSUL_PORT: `${this.port}`,
      CONSUL_SECURE: 'true',
      CONSUL_CA_FILE: this.caFile,
      ...(token !== undefined && { CONSUL_TOKEN: token }),
    };
  }

  /** One with these rules and no others. */
  async newToken(rules: string): Promise<ConsulToken> {
    const policy = `policy-${crypto.randomUUID()}`;
    const { ID } = (await this.ask('PUT', '/v1/acl/policy', { Name: policy, Rules: rules })) as { ID: string };
    const token = { Policies: [{ Name: policy }] };
    const { SecretID } = (await this.ask('PUT', '/v1/acl/token', token)) as { SecretID: string };
    return { secret: SecretID, policy: { ID, Name: policy } };
  }

  async changeRules(policy: ConsulToken['policy'], rules: string): Promise<void> {
    await this.ask('PUT', `/v1/acl/policy/${policy.ID}`, { ...policy, Rules: rules });
  }

  /** As an administrator. Rejects for every status but 200. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { 'x-consul-token': this.management };
    const { port } = this;
    const sent = request({ host: '127.0.0.1', port, method, path, headers, ca: this.authority.pem, agent: false });
    sent.end(typeof body === 'string' ? body : body && JSON.stringify(body));
    const [response] = await once(sent, 'response');
    const answer = await json(response).catch(() => undefined);
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode}`);
    return answer;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    await this.remove();
  }
}
