import type { ServerOptions } from '@grpc/grpc-js';

/** Milliseconds. Without limits, connections of probes that never close would pile up. */
export interface ConnectionLimits {
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly idleMs: number;
  readonly ageMs: number;
  readonly ageGraceMs: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  idleMs: 300_000,
  ageMs: 1_800_000,
  ageGraceMs: 30_000,
};

export const limitOptions = (limits: ConnectionLimits, messageBytes: number): ServerOptions => ({
  'grpc.keepalive_time_ms': limits.keepaliveMs,
  'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
  'grpc.max_connection_idle_ms': limits.idleMs,
  'grpc.max_connection_age_ms': limits.ageMs,
  'grpc.max_connection_age_grace_ms': limits.ageGraceMs,
  'grpc.max_receive_message_length': messageBytes,
  'grpc.max_concurrent_streams': 1_000,
  // its counters cost every call and are not used
  'grpc.enable_channelz': 0,
});
