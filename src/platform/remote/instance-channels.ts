import { type ChannelCredentials, type ClientOptions, connectivityState, Client as GrpcClient } from '@grpc/grpc-js';
import type { Instance } from '../discovery/service-directory.js';

/** grpc-js waits 1 s at first and up to 2 minutes: a service that is back would be missed for as long. */
const options: ClientOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.keepalive_permit_without_calls': 1,
  // answers are those of our own services
  'grpc.max_receive_message_length': -1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  // each process has connections of its own to count on
  'grpc.use_local_subchannel_pool': 1,
};

/** A connection to each instance that is called, made at the first call. */
export class InstanceChannels {
  readonly #clients = new Map<string, GrpcClient>();

  constructor(private readonly credentials: ChannelCredentials) {}

  of({ address }: Instance): GrpcClient {
    let client = this.#clients.get(address);
    if (!client) {
      client = new GrpcClient(address, this.credentials, options);
      this.#clients.set(address, client);
    }
    return client;
  }

  /** False for an instance that cannot be connected to now; the attempt goes on. */
  isReachable({ address }: Instance): boolean {
    const channel = this.#clients.get(address)?.getChannel();
    return channel?.getConnectivityState(true) !== connectivityState.TRANSIENT_FAILURE;
  }

  /** Closes the connections to instances that are gone; their running calls end first. */
  keep(instances: readonly Instance[]): void {
    const kept = new Set(instances.map(({ address }) => address));
    for (const [address, client] of this.#clients) {
      if (kept.has(address)) continue;
      client.close();
      this.#clients.delete(address);
    }
  }

  close(): void {
    this.keep([]);
  }
}
