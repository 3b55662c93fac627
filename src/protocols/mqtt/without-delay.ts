import type { Socket } from 'node:net';
import type { MqttClient } from 'mqtt';

/** Nagle's algorithm would hold small packets back for 40 ms. Absent on a WebSocket. */
export function withoutDelay({ stream }: MqttClient): void {
  if ('setNoDelay' in stream) (stream as Socket).setNoDelay(true);
}
