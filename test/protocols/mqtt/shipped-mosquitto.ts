import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { supervised } from '../../support/child-processes.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin` };
const shipped = new URL('../../../deploy/mosquitto/', import.meta.url);

export const hasMosquitto = ['mosquitto', 'mosquitto_passwd'].every(
  (name) => spawnSync(name, ['-h'], { env: environment }).error === undefined,
);

/** Mosquitto with the configuration in deploy/mosquitto, moved to a folder and a port of its own. */
export class ShippedMosquitto {
  private constructor(
    private readonly process: ChildProcess,
    private readonly home: string,
    private readonly port: number,
    private readonly password: string,
  ) {}

  static async start(password = 'secret'): Promise<ShippedMosquitto> {
    const home = await mkdtemp(join(tmpdir(), 'mosquitto-'));
    const port = await freePort();
    const configuration = await readFile(new URL('mosquitto.conf', shipped), 'utf8');
    const moved = configuration
      .replaceAll('/mosquitto/config', home)
      .replace('listener 1883', `listener ${port} 127.0.0.1`);
    const lines = moved.split('\n').filter((line) => !line.startsWith('#'));
    await writeFile(join(home, 'mosquitto.conf'), lines.join('\n'));
    await writeFile(join(home, 'acl'), await readFile(new URL('acl', shipped)));
    spawnSync('mosquitto_passwd', ['-c', '-b', join(home, 'passwords'), 'mstv', password], { env: environment });
    await chmod(home, 0o755);
    await chmod(join(home, 'passwords'), 0o644);
    const args = ['-c', join(home, 'mosquitto.conf')];
    const started = supervised(spawn('mosquitto', args, { env: environment, stdio: 'ignore' }));
    await eventually(() => once(connect(port, '127.0.0.1'), 'connect'));
    return new ShippedMosquitto(started, home, port, password);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** For callers. */
  get url(): string {
    return `mqtt://${this.address}`;
  }

  get urlOfServices(): string {
    return `mqtt://mstv:${this.password}@127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill();
    await exited;
    await rm(this.home, { recursive: true, force: true });
  }
}

/** The longest packet that it takes. */
export async function longestPacket(): Promise<number> {
  const configuration = await readFile(new URL('mosquitto.conf', shipped), 'utf8');
  return Number(/^max_packet_size (\d+)$/m.exec(configuration)?.[1]);
}
