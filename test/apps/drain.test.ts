import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningProcess, startProcess } from '../support/process.js';

let started: RunningProcess;

const start = (delayMs: number) => startProcess({ SERVICE_NAME: 'api-gateway', SHUTDOWN_DELAY_MS: `${delayMs}` });

async function printed(pattern: RegExp): Promise<string> {
  const [, found = ''] = await started.line(pattern);
  return found;
}

const httpUrl = () => printed(/Health +(http\S+)\/health/);
const grpcUrl = async () => `http://${await printed(/gRPC +([\d.:]+)/)}`;
const mqttUrl = () => printed(/MQTT +(mqtt\S+\d)/);

async function openHttp2(url: string): Promise<ClientHttp2Session> {
  const session = connectHttp2(url);
  await once(session, 'connect');
  return session;
}

const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));

afterEach(() => started.end('SIGKILL'));

describe('a process that gets a stop signal', () => {
  beforeEach(() => {
    started = start(2_000);
  });

  it('is not ready at once, and still answers until load balancers have seen it', async () => {
    const url = await httpUrl();
    const ended = started.end('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status, { interval: 10 }).toBe(503);
    const answer = await fetch(`${url}/users`);
    expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close']);
    const session = await openHttp2(await grpcUrl());
    const [code] = await once(session, 'goaway');
    expect([code, await ended]).toEqual([0, 0]);
  });
});

describe('connections of a process that gets a stop signal', () => {
  beforeEach(() => {
    started = start(0);
  });

  it('are sent elsewhere: GOAWAY, 1012, and the end of MQTT', async () => {
    const url = await httpUrl();
    const session = await openHttp2(await grpcUrl());
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await once(socket, 'open');
    const mqtt = await connectAsync(await mqttUrl(), { protocolVersion: 4, reconnectPeriod: 0 });
    const ends = Promise.all([once(session, 'goaway'), once(socket, 'close'), closed(mqtt)]);
    const ended = started.end('SIGTERM');
    const [[goawayCode], [closeCode]] = await ends;
    expect([goawayCode, closeCode, await ended]).toEqual([0, 1012, 0]);
  });
});
